import Foundation
import Glibc

/// Starts programs with `posix_spawn`.
enum Spawn {
    /// Starts a program whose standard input is a descriptor of ours (or nothing) and whose output goes to files.
    static func start(
        _ command: [String], input: Int32? = nil, output: String = "/dev/null", errors: String = "/dev/null",
        environment: [String: String] = [:], folder: String? = nil
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        if errors == output {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        let command = if let folder { ["env", "-C", folder] + command } else { command }

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let arguments = command.map { strdup($0) } + [nil]
        let settings = variables.map { strdup($0) } + [nil]
        defer { for string in arguments + settings { free(string) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, command[0], &actions, nil, arguments, settings)
        guard failure == 0 else {
            throw ProcessFailure(command: command, status: -1, errors: String(cString: strerror(failure)))
        }
        return pid
    }

    /// Waits for the end of a child; 128 and the signal if one killed it.
    static func wait(_ pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}

/// A program that did not start or did not succeed.
package struct ProcessFailure: Error, CustomStringConvertible {
    package let command: [String]
    package let status: Int32
    package let errors: String

    package var description: String {
        "\(command.joined(separator: " ")) ended with \(status): \(errors)"
    }
}
