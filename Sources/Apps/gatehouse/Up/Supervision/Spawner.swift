import Foundation
import Glibc
import Synchronization

/// What is to be started.
struct ChildCommand: Sendable {
    var words: [String]
    var environment: [String: String] = [:]
    /// Lines for its standard input, such as a token; nothing if absent.
    var input: [UInt8]?
    /// The signal that it gets from the kernel when this program dies without having stopped it.
    var signalWhenOrphaned = "TERM"
    /// Who it runs as, if not as the user of this program.
    var owner = Owner.me
}

/// Starts programs so that they never outlive this one.
///
/// All of them are started by one thread that lives as long as the process does: the kernel sends the parent-death
/// signal when the *thread* that started a child ends, and threads of a pool end when they are idle.
final class Spawner: Sendable {
    static let shared = Spawner()

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let wake = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                wake.wait()
                let job = jobs.withLock { $0.removeFirst() }
                job()
            }
        }
        thread.name = "spawner"
        thread.start()
    }

    /// Starts a program; the answer holds its number and the reading end of its output.
    func start(_ command: ChildCommand) async throws -> Child {
        try await withCheckedThrowingContinuation { continuation in
            jobs.withLock { $0.append { continuation.resume(with: Result { try Self.spawn(command) }) } }
            wake.signal()
        }
    }

    private static func spawn(_ command: ChildCommand) throws -> Child {
        let output = try pipe()
        defer { close(output.write) }
        let input = command.input == nil ? nil : try pipe()
        defer {
            if let input {
                close(input.read)
                close(input.write)
            }
        }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.read, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, output.write, 2)
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C reaches this program alone, which then stops the others in order. And the usual
        // reactions to signals, since this program's own are inherited otherwise.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let words = ["setpriv"] + command.owner.options + ["--pdeathsig", command.signalWhenOrphaned] + command.words
        let variables = ProcessInfo.processInfo.environment.merging(command.environment) { $1 }
        let arguments = words.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var number: pid_t = 0
        let failure = posix_spawnp(&number, words[0], &actions, &attributes, arguments, settings)
        guard failure == 0 else {
            close(output.read)
            throw CommandFailure("\(command.words[0]) cannot be started: \(String(cString: strerror(failure))).")
        }
        if let bytes = command.input, let input { _ = Glibc.write(input.write, bytes, bytes.count) }
        return Child(number: number, output: output.read)
    }

    /// Both ends close on exec. Only this thread starts programs, so none gets in between.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw CommandFailure("No pipe can be made: \(String(cString: strerror(errno))).")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// What is open in this process: some libraries do not mark theirs for closing.
    private static func openDescriptors() -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
    }
}
