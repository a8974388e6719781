import Dispatch
import Foundation
import Glibc
import Synchronization

/// A program that runs beside a test and never outlives the test process.
package final class ChildProcess: Sendable {
    package let pid: Int32
    package let command: [String]
    private let folder: TemporaryFolder
    private let cleanUp: Keeper.Task
    private let status = Mutex<Int32?>(nil)

    /// Starts a program found in PATH; `output` collects both streams unless they go to files.
    package init(
        _ command: [String], environment: [String: String] = [:], folder workingFolder: String? = nil,
        input: Int32? = nil, output: String? = nil, errors: String? = nil
    ) throws {
        self.command = command
        folder = TemporaryFolder()
        pid = try Spawn.start(
            command, input: input, output: output ?? folder.file("output"),
            errors: errors ?? output ?? folder.file("output"), environment: environment, folder: workingFolder)
        cleanUp = Keeper.atEnd("kill -9 \(pid) 2> /dev/null")
    }

    deinit {
        if status.withLock({ $0 == nil }) {
            kill(pid, SIGKILL)
            _ = Spawn.wait(pid)
        }
        cleanUp.takeBack()
    }

    /// What the program has written so far.
    package var output: String {
        (try? String(contentsOfFile: folder.file("output"), encoding: .utf8)) ?? ""
    }

    /// Whether it has come to its end, by itself or not.
    package var hasEnded: Bool {
        status.withLock { status in
            var info = siginfo_t()
            if status == nil, waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | WNOHANG) == 0, info.si_signo != 0 {
                status = Spawn.wait(pid)
            }
            return status != nil
        }
    }

    /// Sends a signal, if the program still runs.
    package func signal(_ signal: Int32) {
        status.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// Waits for the end; 128 and the signal if one killed it.
    @discardableResult
    package func wait() async -> Int32 {
        if let known = status.withLock({ $0 }) { return known }
        // Asked again and again rather than by a thread that waits: many children would need many threads.
        while true {
            // Under the lock, so that `signal` never meets another process's number.
            let ended = status.withLock { status -> Int32? in
                var info = siginfo_t()
                guard status == nil, waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | WNOHANG) == 0,
                    info.si_signo != 0
                else { return status }
                status = Spawn.wait(pid)
                return status
            }
            if let ended { return ended }
            // Goes on when the task is cancelled: what is waited for is the end of the program.
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { continuation.resume() }
            }
        }
    }

    /// Asks the program to end, kills it after the grace, and waits.
    package func stop(_ first: Int32 = SIGTERM, grace: Duration = .seconds(5)) async {
        signal(first)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                try? await Task.sleep(for: grace)
                if !Task.isCancelled { self.signal(SIGKILL) }
            }
            await group.next()
            group.cancelAll()
        }
        await wait()
    }

    /// Runs a program to its end and returns its standard output; throws if it fails.
    @discardableResult
    package static func run(
        _ command: [String], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> String {
        let files = TemporaryFolder()
        let (output, errors) = (files.file("output"), files.file("errors"))
        let pid = try Spawn.start(
            command, output: output, errors: errors, environment: environment, folder: folder)
        let status = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Spawn.wait(pid)) }
        }
        guard status == 0 else {
            let errors = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
            throw ProcessFailure(command: command, status: status, errors: errors)
        }
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}

extension ChildProcess {
    /// What a server of ours in Python says first: the ports that it listens at, in one line.
    package func ports(_ count: Int) async throws -> [Int] {
        try await eventually("a server listens", within: .seconds(30)) { output.contains("\n") }
        let ports = output.prefix { $0 != "\n" }.split(separator: " ").compactMap { Int($0) }
        guard ports.count == count else {
            throw DidNotHappen(description: "\(command.joined(separator: " ")) starts: \(output)")
        }
        return ports
    }

    package func port() async throws -> Int { try await ports(1)[0] }
}
