import Kernel
import Synchronization

/// What this server holds, and how each of it is told to end.
final class StreamHand: Sendable {
    private struct Entry {
        let held: HeldStream
        let stop: AsyncStream<Void>.Continuation
    }

    private struct State {
        var entries: [MessengerChannelID: Entry] = [:]
        var goodUntil = ContinuousClock.now
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.entries.count } }

    /// Takes these up, but for those that it has; each with what it hears the end by.
    func enter(_ new: [HeldStream]) -> [(held: HeldStream, stop: AsyncStream<Void>)] {
        state.withLock { state in
            new.compactMap { held in
                guard state.entries[held.channel] == nil else { return nil }
                let (calls, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                state.entries[held.channel] = Entry(held: held, stop: stop)
                return (held, calls)
            }
        }
    }

    /// What the database says that this server has, until then: what is not among it, or has changed, ends.
    func keep(_ kept: [HeldStream], until: ContinuousClock.Instant) {
        let known = Set(kept)
        state.withLock { state in
            state.goodUntil = until
            for entry in state.entries.values where !known.contains(entry.held) { entry.stop.finish() }
        }
    }

    /// Ends everything if nothing is known of it any more: another server may have it by now.
    func doubt(at now: ContinuousClock.Instant) {
        state.withLock { state in
            guard now > state.goodUntil else { return }
            for entry in state.entries.values { entry.stop.finish() }
        }
    }

    func leave(_ held: HeldStream) { state.withLock { _ = $0.entries.removeValue(forKey: held.channel) } }

    func stop() {
        state.withLock { state in for entry in state.entries.values { entry.stop.finish() } }
    }
}
