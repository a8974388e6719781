import Foundation
import Glibc
import Synchronization

/// A program that runs; its end can be waited for by many.
final class Child: Sendable {
    /// How a program ended.
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(Int32)

        var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    private struct State {
        var end: End?
        var waiting: [CheckedContinuation<End, Never>] = []
    }

    let number: pid_t
    /// The reading end of its output; whoever pumps it closes it.
    let output: Int32
    private let state = Mutex(State())

    init(number: pid_t, output: Int32) {
        self.number = number
        self.output = output
        let thread = Thread { [self] in watch() }
        thread.name = "wait"
        thread.start()
    }

    var end: End? { state.withLock { $0.end } }

    /// Waits for the end.
    func ended() async -> End {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.waiting.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// Sends a signal, if it still runs.
    func signal(_ signal: Int32) {
        // Under the lock, so that the number cannot meanwhile be another program's.
        state.withLock { if $0.end == nil { kill(number, signal) } }
    }

    private func watch() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(number), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let waiting = state.withLock { state in
            var status: Int32 = 0
            while waitpid(number, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            state.end = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: end ?? .exited(-1)) }
    }
}
