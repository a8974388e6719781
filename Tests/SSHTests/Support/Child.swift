import Foundation
import Glibc

/// A program of the system with its output, for tests against the real thing.
struct Child: Sendable {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program to its end; kills it after `limit` seconds.
    static func run(_ program: String, _ arguments: [String], input: Data = Data(), limit: Double = 100) async throws
        -> Child
    {
        // Files rather than pipes: nothing can fill up while nobody reads.
        let folder = try TemporaryFolder()
        let paths = ["in", "out", "err"].map { folder.path + "/" + $0 }
        try input.write(to: URL(fileURLWithPath: paths[0]))
        let spawned = try Spawned(program, arguments, input: paths[0], output: paths[1], errors: paths[2])
        let status = await spawned.wait(seconds: limit)
        return Child(
            status: status, output: try Data(contentsOf: URL(fileURLWithPath: paths[1])),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: paths[2])), as: UTF8.self))
    }
}

/// A process that was started. Foundation's `Process` cannot be used: it fails when many descriptors are open.
struct Spawned: Sendable {
    let id: pid_t

    init(
        _ program: String, _ arguments: [String], input: String = "/dev/null", output: String = "/dev/null",
        errors: String = "/dev/null"
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        var id = pid_t()
        let status = posix_spawn(&id, program, &actions, nil, words, environ)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        self.id = id
    }

    func send(_ signal: Int32) {
        kill(id, signal)
    }

    /// The exit status, or the negative number of the signal that ended it.
    func wait(seconds: Double) async -> Int32 {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var status: Int32 = 0
        while waitpid(id, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(id, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "gatehouse-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
