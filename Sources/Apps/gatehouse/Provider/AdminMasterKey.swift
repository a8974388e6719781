import ArgumentParser
import Kernel

/// The keys at the top.
struct AdminMasterKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "master-key", abstract: "The keys at the top, which wrap the keys of tenants.",
        subcommands: [Show.self, Rewrap.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which key wraps how much.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await provider.console().get("/master-key")
            output.show(answer, AdminMasterKey.text(answer))
        }
    }

    struct Rewrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put everything under the current key, in the background; repeat it to see how far it is.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await provider.console().post("/master-key/rewrap")
            output.show(answer, AdminMasterKey.text(answer))
        }
    }

    private static func text(_ answer: JSON) -> String {
        var lines = ["Current: \(answer.text("current"))"]
        if case .array(let keys)? = answer["keys"] {
            lines += keys.map { key in
                let count = if case .int(let count)? = key["count"] { count } else { Int64(0) }
                return "  \(key.text("key"))  \(count)"
            }
        }
        let waiting = if case .int(let count)? = answer["waiting"] { count } else { Int64(0) }
        lines.append(waiting == 0 ? "Everything is under the current key." : "\(waiting) still have to follow.")
        return lines.joined(separator: "\n")
    }
}
