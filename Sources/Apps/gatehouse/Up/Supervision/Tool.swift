import Foundation
import Glibc

/// Runs a program to its end.
enum Tool {
    struct Result: Sendable {
        let end: Child.End
        let output: String

        var succeeded: Bool { end == .exited(0) }
    }

    static func run(
        _ words: [String], as owner: Owner = .me, input: String? = nil, environment: [String: String] = [:]
    ) async throws -> Result {
        var command = ChildCommand(words: words, environment: environment, input: input.map { Array($0.utf8) })
        command.owner = owner
        let child = try await Spawner.shared.start(command)
        let output = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: drain(child.output)) }
        }
        return Result(end: await child.ended(), output: output)
    }

    private static func drain(_ descriptor: Int32) -> String {
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if bytes.count < 1 << 20 { bytes += buffer[..<count] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
