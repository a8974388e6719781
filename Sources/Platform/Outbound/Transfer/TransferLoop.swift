import CCurl
import Logging
import Synchronization

/// The thread on which libcurl works, and the mailbox that leads to it.
final class TransferLoop: Sendable {
    enum Command: Sendable {
        case start(UInt64, TransferOrder)
        case resume(UInt64)
        case write(UInt64, [UInt8])
        case cancel(UInt64)
    }

    private enum Phase {
        case unstarted
        case running(MultiHandle)
        case stopping(MultiHandle)
        case stopped
    }

    private struct Mailbox {
        var phase = Phase.unstarted
        var commands: [Command] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let mailbox = Mutex(Mailbox())
    private let maxConnections: Int
    private let keptConnections: Int
    private let logger: Logger

    init(maxConnections: Int, keptConnections: Int = 64, logger: Logger) {
        self.maxConnections = maxConnections
        self.keptConnections = keptConnections
        self.logger = logger
    }

    func submit(_ command: Command) {
        let isTaken = mailbox.withLock { mailbox in
            if case .unstarted = mailbox.phase { mailbox.phase = launch() }
            guard case .running(let multi) = mailbox.phase else { return false }
            mailbox.commands.append(command)
            multi.wake()
            return true
        }
        if !isTaken, case .start(_, let order) = command { order.pipe.finish(.failure(.stopped)) }
    }

    func stop() {
        mailbox.withLock { mailbox in
            switch mailbox.phase {
            case .unstarted: mailbox.phase = .stopped
            case .running(let multi):
                mailbox.phase = .stopping(multi)
                multi.wake()
            case .stopping, .stopped: break
            }
        }
    }

    /// Returns when the thread is gone.
    func stopped() async {
        await withCheckedContinuation { continuation in
            let isGone = mailbox.withLock { mailbox in
                if case .stopped = mailbox.phase { return true }
                mailbox.waiters.append(continuation)
                return false
            }
            if isGone { continuation.resume() }
        }
    }

    private func launch() -> Phase {
        guard let multi = MultiHandle(maxConnections: maxConnections, kept: keptConnections),
            LoopThread.start(named: "outbound", { [self] in run(multi) })
        else {
            logger.critical("no thread for outgoing requests: they all fail")
            return .stopped
        }
        return .running(multi)
    }

    // MARK: on the thread

    private func run(_ multi: MultiHandle) {
        var table = TransferTable(multi: multi)
        while true {
            let (commands, goesOn) = take()
            for command in commands { table.carryOut(command) }
            guard goesOn else { break }
            guard table.advance() else {
                logger.critical("libcurl's loop failed: no more outgoing requests")
                break
            }
        }
        end(&table, multi)
    }

    private func take() -> (commands: [Command], goesOn: Bool) {
        mailbox.withLock { mailbox in
            defer { mailbox.commands = [] }
            guard case .running = mailbox.phase else { return (mailbox.commands, false) }
            return (mailbox.commands, true)
        }
    }

    private func end(_ table: inout TransferTable, _ multi: MultiHandle) {
        // From here on nobody wakes the handle, so it may go.
        let late = mailbox.withLock { mailbox in
            mailbox.phase = .stopping(multi)
            defer { mailbox.commands = [] }
            return mailbox.commands
        }
        for command in late { table.carryOut(command) }
        table.close()
        let waiters = mailbox.withLock { mailbox in
            mailbox.phase = .stopped
            defer { mailbox.waiters = [] }
            return mailbox.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
