import Glibc

/// Keeps one program running until it is told to stop.
actor Supervised {
    private enum State {
        case waiting
        case running(Child)
        case failed(String)
        case stopped
    }

    nonisolated let part: Part
    private let log: LogFile
    private let orphans: Orphans
    private var state = State.waiting
    private var isStopping = false
    private var wasReady = false

    init(_ part: Part, log: LogFile, orphans: Orphans) {
        self.part = part
        self.log = log
        self.orphans = orphans
    }

    /// Starts the program, and again whenever it ends. A program that ends before it was ready for the first time is
    /// not tried again: something is wrong that a person has to see.
    func run() async {
        var backoff = RestartBackoff()
        while !isStopping {
            let started = ContinuousClock.now
            do {
                let child = try await Spawner.shared.start(part.command)
                LogPump.start(child, into: log)
                orphans.note(part.name, child.number)
                state = .running(child)
                if isStopping { child.signal(part.stopSignal) }
                let end = await child.ended()
                orphans.forget(part.name)
                if isStopping { break }
                log.note("\(part.name) \(end)", level: "error")
                guard wasReady else {
                    state = .failed("\(part.name) \(end)")
                    return
                }
            } catch {
                guard wasReady else {
                    state = .failed("\(error)")
                    return
                }
                log.note("\(error)", level: "error")
            }
            state = .waiting
            let delay = backoff.delay(after: .now - started)
            log.note("starting \(part.name) again in \(delay)")
            await pause(delay)
        }
        state = .stopped
    }

    /// Waits until the program does its work.
    func ready() async throws {
        let deadline = ContinuousClock.now + part.patience
        while true {
            if case .failed(let words) = state { throw StartFailure(words, log: log) }
            if case .running = state, await part.isReady() {
                wasReady = true
                return
            }
            guard ContinuousClock.now < deadline else {
                throw StartFailure("\(part.name) was not ready after \(part.patience.components.seconds) s", log: log)
            }
            try await Task.sleep(for: .milliseconds(40))
        }
    }

    /// Asks the program to end, kills it when its time is up, and returns when it is gone.
    func stop() async {
        isStopping = true
        guard case .running(let child) = state, child.end == nil else { return }
        child.signal(part.stopSignal)
        let deadline = ContinuousClock.now + part.grace
        while child.end == nil {
            if ContinuousClock.now > deadline {
                log.note("\(part.name) did not end in time and was killed", level: "warning")
                child.signal(SIGKILL)
            }
            // Also when the task is cancelled: what was started has to end first.
            await pause(.milliseconds(20))
        }
    }

    /// No more patience.
    func kill() {
        isStopping = true
        if case .running(let child) = state { child.signal(SIGKILL) }
    }

    private func pause(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end, !(isStopping && duration > .milliseconds(100)) {
            // A cancelled task cannot sleep, and must not spin.
            do { try await Task.sleep(for: min(.milliseconds(100), end - .now)) } catch { usleep(20_000) }
        }
    }
}
