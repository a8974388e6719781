import ArgumentParser
import Kernel

/// Companies that sign themselves up.
struct AdminSignUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-up", abstract: "Companies that sign themselves up.",
        subcommands: [Settings.self, List.self, Approve.self, Reject.self])

    struct Settings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show or change who may sign up.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Option(name: .long, help: "off, approval, or open.")
        var mode: String?
        @Option(name: .long, help: "How many days a trial has.")
        var trialDays: Int?
        @Option(name: .long, help: "How you are reached; shown to people who are shut out or want to sign up.")
        var contact: String?

        func run() async throws {
            let console = try provider.console()
            var settings = try await console.get("/settings/sign-up")
            var changes: [JSON.Member] = []
            if let mode { changes.append(.init("mode", .string(mode))) }
            if let trialDays { changes.append(.init("trialDays", .int(Int64(trialDays)))) }
            if let contact { changes.append(.init("contact", contact.isEmpty ? .null : .string(contact))) }
            if !changes.isEmpty {
                settings = try await console.put("/settings/sign-up", settings.merging(.object(changes)))
            }
            let words = [
                "off": "Nobody can sign up.", "approval": "Companies can sign up; you decide about each.",
                "open": "Companies can sign up, and begin when their mail address is confirmed.",
            ]
            output.show(
                settings,
                "\(words[settings.text("mode")] ?? "") A trial has \(settings.int("trialDays") ?? 0) days."
                    + (settings.text("contact").isEmpty ? "" : " Contact: \(settings.text("contact").oneLine)"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List companies that signed up.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Flag(name: .long, help: "Only those that wait for you.")
        var waiting = false

        func run() async throws {
            let filter = waiting ? [("filter", #"state eq "waiting""#)] : []
            output.show(
                try await provider.console().list("/sign-ups", filter, atMost: 10_000),
                [
                    ("company", { $0.text("company") }), ("slug", { $0.text("slug") }),
                    ("state", { $0.text("state") }), ("person", { $0.text("person") }),
                    ("mail", { $0.text("email") }), ("id", { $0.text("id") }),
                    ("since", { SpokenTime.local($0.text("createdAt")) }),
                ],
                empty: waiting ? "Nobody waits." : "Nobody has signed up.")
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create the tenant of a company that waits.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The id of the sign-up.")
        var id: String

        func run() async throws {
            let answer = try await provider.console().post("/sign-ups/\(try SignUpPath.part(id))/approve")
            output.show(
                answer,
                "\(answer.text("company").oneLine) is a tenant (\(answer.text("tenant"))). An invitation is on its way."
            )
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Turn a company away, by mail.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The id of the sign-up.")
        var id: String
        @Option(name: .long, help: "Why; it is mailed to whoever asked.")
        var reason: String

        func run() async throws {
            let answer = try await provider.console().post(
                "/sign-ups/\(try SignUpPath.part(id))/reject", ["reason": .string(reason)])
            output.show(answer, "\(answer.text("company").oneLine) was turned away.")
        }
    }
}

/// An id on its way into a path.
enum SignUpPath {
    static func part(_ text: String) throws -> String {
        guard let id = SignUpID(text) else { throw CommandFailure("\(text.oneLine) is no id of a sign-up: sup_…") }
        return id.text
    }
}
