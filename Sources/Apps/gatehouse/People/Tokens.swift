import ArgumentParser
import Kernel

/// The tokens of one's programs.
struct Tokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "List your programs' tokens, and say from where they count.",
        subcommands: [ListTokens.self, LimitToken.self], defaultSubcommand: ListTokens.self)
}

struct ListTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List your tokens: from where they count, and until when.")

    @OptionGroup var listing: ListOptions

    func run() async throws {
        try await listing.show(
            "/me/tokens",
            [
                ("id", { $0.text("id") }), ("name", { $0.text("name") }),
                ("from", { LimitToken.places($0) }),
                ("until", { SpokenTime.local($0.text("expiresAt")) }),
                ("last used", { SpokenTime.local($0.text("lastUsedAt")) }),
            ],
            empty: "You have no token. Make one in the portal, under Profile.")
    }
}

struct LimitToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Say from where a token counts.",
        discussion: """
            gatehouse tokens limit backup --from 10.0.0.0/8 --from 2001:db8::1-2001:db8::9
            gatehouse tokens limit backup --anywhere
            What was said before counts no more. Asks for a code of your authenticator (programs: GATEHOUSE_CODE) if your \
            sign-in was too long ago.
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The token: its id, or its name if only one has it.")
    var token: String
    @Option(name: .customLong("from"), help: "An address, a network or a range; several times for several.")
    var sources: [String] = []
    @Flag(name: .long, help: "From anywhere.")
    var anywhere = false

    func validate() throws {
        guard anywhere == sources.isEmpty else {
            throw ValidationError("Say from where with --from, or --anywhere.")
        }
    }

    func run() async throws {
        let client = try portal.portal()
        let found = try await client.list("/me/tokens", atMost: 100).filter {
            $0.text("id") == token || $0.text("name") == token
        }
        guard let one = found.first else { throw CommandFailure("You have no token \(token.oneLine).") }
        guard found.count == 1 else {
            throw CommandFailure("\(found.count) tokens have this name; say which by its id: gatehouse tokens")
        }
        let path = "/me/tokens/\(one.text("id"))/sources"
        let body: JSON = ["sources": .array(sources.map(JSON.string))]
        let changed = try await client.withTypedFactor(orAt: "/profile?tab=tokens") { try await $0.put(path, body) }
        output.show(changed, "\(changed.text("name").oneLine) counts from \(Self.places(changed)).")
    }

    /// From where a token counts.
    static func places(_ token: JSON) -> String {
        let sources = token.list("sources").compactMap(\.text)
        return sources.isEmpty ? "anywhere" : sources.joined(separator: ", ")
    }
}
