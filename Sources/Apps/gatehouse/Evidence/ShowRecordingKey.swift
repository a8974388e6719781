import ArgumentParser
import Kernel

/// Hands out the key of one recording.
struct ShowRecordingKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recording-key", abstract: "Get the key of one recording, to read it offline.",
        discussion: "Takes a permission of its own and a fresh code; the reason goes into the audit trail.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The session's id.")
    var session: String
    @Option(name: .long, help: "Why you need it.")
    var reason: String
    @Option(name: .long, help: "Write the key to this file, readable by you alone, instead of printing it.")
    var outputFile: String?

    func run() async throws {
        let answer = try await portal.portal().withSecondFactor { client in
            try await client.post(
                "/sessions/\(APIClient.escape(session))/recording/key", ["reason": .string(reason)])
        }
        if let outputFile {
            try PrivateFile.write(Array((answer.text("key") + "\n").utf8), to: outputFile)
            return output.show(["file": .string(outputFile)], "The key is in \(outputFile).")
        }
        output.show(answer, answer.text("key"))
    }
}
