import ArgumentParser
import Cryptography
import Kernel
import Recording

/// Checks recordings offline.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check recordings offline.",
        discussion: """
            Says what was checked and what could not be. Ends with 0 if the recording is valid and complete, 3 if it is \
            valid but incomplete, 1 if something was changed, 2 if the input cannot be used.
            """)

    @OptionGroup var output: OutputOptions
    @Argument(help: "Recordings; further segments of one follow it.", completion: .file())
    var files: [String]
    @Option(name: .long, help: "The receipt of the server.", completion: .file())
    var receipt: String?
    @Option(name: .long, help: "The tenant's evidence key: a file, or the public key itself.", completion: .file())
    var evidenceKey: String?
    @Option(name: .long, help: "A signed head of the tenant's log.", completion: .file())
    var head: String?
    @Option(name: .long, help: "The proof that the receipt is in that log.", completion: .file())
    var inclusion: String?
    @Option(
        name: .customLong("key"), help: "A file with the recording key, for a look inside; - is standard input.",
        completion: .file())
    var keyFile: String?

    func run() throws {
        var inputs = VerifyRecording.Inputs(files: files)
        inputs.receipt = receipt
        inputs.evidenceKey = evidenceKey
        inputs.head = head
        inputs.inclusion = inclusion
        inputs.key = try keyFile.map { try KeyFile.read($0).reveal() }
        let reports = VerifyRecording.run(inputs)
        if output.json {
            // One recording is one object; several are a list.
            let json = reports.count == 1 ? reports[0].json : .array(reports.map(\.json))
            Console.out(String(decoding: json.bytes, as: UTF8.self))
        } else {
            for report in reports { Console.out(report.text) }
        }
        throw ExitCode(VerifyReport.exitCode(of: reports))
    }
}
