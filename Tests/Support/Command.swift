package import Foundation
import Glibc

/// A program of the system that was run to its end, with what it said.
package struct Command: Sendable {
    /// The exit status; 128 and the signal if one killed it.
    package let status: Int32
    package let output: Data
    package let errors: String

    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program; kills it after `limit`.
    package static func run(
        _ command: [String], input: Data = Data(), environment: [String: String] = [:], limit: Duration = .seconds(30)
    ) async throws -> Command {
        // Files rather than pipes: nothing can fill up while nobody reads.
        let files = TemporaryFolder()
        try input.write(to: URL(fileURLWithPath: files.file("in")))
        let reading = open(files.file("in"), O_RDONLY | O_CLOEXEC)
        defer { close(reading) }
        let child = try ChildProcess(
            command, environment: environment, input: reading, output: files.file("out"), errors: files.file("err"))
        let status = await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await child.wait() }
            group.addTask {
                guard (try? await Task.sleep(for: limit)) != nil else { return nil }
                child.signal(SIGKILL)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        let ended = if let status { status } else { await child.wait() }
        return Command(
            status: ended, output: try Data(contentsOf: URL(fileURLWithPath: files.file("out"))),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: files.file("err"))), as: UTF8.self))
    }
}
