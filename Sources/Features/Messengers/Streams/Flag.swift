import Synchronization

/// Something that happens once.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isUp: Bool { state.load(ordering: .relaxed) }
    func raise() { state.store(true, ordering: .relaxed) }
}

/// How often something is wanted.
final class Pace: Sendable {
    private let state = Mutex(Duration.seconds(120))

    var wanted: Duration { state.withLock { $0 } }
    func want(_ time: Duration) { state.withLock { $0 = time } }
}
