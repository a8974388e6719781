import Glibc
import UnixSignals

/// Starts programs one after the other, keeps them running, and stops them in reverse order.
struct Supervisor {
    let logs: String
    let orphans: Orphans

    /// Runs `start`, which starts the programs, and then waits for Ctrl-C or a request to end. A second Ctrl-C has no
    /// more patience.
    func run(_ start: @Sendable @escaping (Launcher) async throws -> Void) async throws {
        let launcher = Launcher(logs: logs, orphans: orphans)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let (firstSignal, signalled) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var isFirst = true
                for await _ in signals {
                    if isFirst {
                        Console.note("Stopping. Once more, and everything is killed.")
                        signalled.finish()
                    } else {
                        await launcher.kill()
                    }
                    isFirst = false
                }
            }
            // What `start` queues runs here, so that it outlives `start`.
            group.addTask { await launcher.keepRunning() }
            defer { group.cancelAll() }
            var failure: (any Error)?
            do {
                try await Self.run(until: firstSignal) {
                    try await start(launcher)
                    try await Task.sleep(for: .seconds(86_400 * 365 * 100))
                }
            } catch {
                failure = error
            }
            await launcher.stop()
            if let failure { throw failure }
        }
    }

    private static func run(
        until end: AsyncStream<Void>, _ body: @Sendable @escaping () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in end {}
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// What `Supervisor.run` hands out for starting programs.
actor Launcher {
    private let logs: String
    private let orphans: Orphans
    private var running: [Supervised] = []
    private let queue: AsyncStream<Supervised>
    private let queueEnd: AsyncStream<Supervised>.Continuation

    init(logs: String, orphans: Orphans) {
        self.logs = logs
        self.orphans = orphans
        (queue, queueEnd) = AsyncStream.makeStream()
    }

    /// Starts a program and returns when it does its work.
    func start(_ part: Part) async throws {
        let log = LogFile(path: "\(logs)/\(part.name).log", label: part.name)
        let supervised = Supervised(part, log: log, orphans: orphans)
        running.append(supervised)
        queueEnd.yield(supervised)
        try await supervised.ready()
    }

    /// Stops everything, the last one first.
    func stop() async {
        for supervised in running.reversed() {
            await supervised.stop()
        }
        queueEnd.finish()
    }

    func kill() async {
        for supervised in running { await supervised.kill() }
    }

    nonisolated func keepRunning() async {
        await withDiscardingTaskGroup { group in
            for await supervised in queue { group.addTask { await supervised.run() } }
        }
    }
}
