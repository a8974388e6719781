import ArgumentParser
import Foundation
import Kernel
import Recording

/// Turns a recording into a format of others, or fetches it as it is.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export a recording: from the server by session, or offline from a file with its key.",
        discussion: """
            gatehouse export ses_… --format container -o session.ghr   the sealed container, for gatehouse verify
            gatehouse export ses_… --format receipt -o receipt.json    the server's signed receipt
            gatehouse export session.ghr --key key.txt -o session.cast offline
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case asciicast
        case asciicastV3 = "asciicast-v3"
        case text, container, receipt
    }

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A session's id, or a recording's file.", completion: .file())
    var source: String
    @Option(name: .long, help: "asciicast (version 2), asciicast-v3, text, container or receipt.")
    var format = Format.asciicast
    @Option(
        name: .customLong("key"), help: "For a file: the file with the recording key; - is standard input.",
        completion: .file())
    var keyFile: String?
    @Option(
        name: [.customShort("o"), .customLong("output")], help: "The file to write; standard output if absent.",
        completion: .file())
    var target: String?

    func run() async throws {
        let sink = try ExportSink(target)
        if SessionID(source) != nil {
            try await fetch(sink)
        } else {
            try convert(sink)
        }
        try sink.finish()
        if let target { output.show(["file": .string(target), "bytes": .int(Int64(sink.count))], "Wrote \(target).") }
    }

    private func fetch(_ sink: ExportSink) async throws {
        let client = try portal.portal()
        let path = "/sessions/\(source)/recording/"
        switch format {
        case .container, .receipt: try await copy(client, path + format.rawValue, sink)
        case .asciicast: try await copy(client, path + "asciicast", sink)
        case .asciicastV3, .text:
            throw CommandFailure(
                "The server exports asciicast, container and receipt. For \(format.rawValue), fetch container and key, then convert the file."
            )
        }
    }

    private func copy(_ client: APIClient, _ path: String, _ sink: ExportSink) async throws {
        try await client.download(path) { try sink.write($0) }
    }

    private func convert(_ sink: ExportSink) throws {
        guard FileManager.default.fileExists(atPath: source) else {
            throw CommandFailure("\(source.oneLine) is neither a session's id (ses_…) nor a file.")
        }
        guard let keyFile else { throw CommandFailure("A file is read with its key: --key FILE.") }
        var reader = try RecordingReader(file: source, key: KeyFile.recordingKey(keyFile))
        let write = { (text: String) in try sink.write(Array(text.utf8)) }
        switch format {
        case .asciicast: try Asciicast.export(.v2, &reader, to: write)
        case .asciicastV3: try Asciicast.export(.v3, &reader, to: write)
        case .text: try Transcript.export(&reader, to: write)
        case .container, .receipt: throw CommandFailure("A file is exported as asciicast, asciicast-v3 or text.")
        }
    }
}
