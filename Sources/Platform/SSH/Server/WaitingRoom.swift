import Glibc
import Synchronization

/// Counts the connections that have not signed in yet, all together and per origin, and keeps room for newcomers: one
/// that stalls in the handshake makes way for the next, longest first. So ten thousand idle connections cost what the
/// limit says, and a person from the same address still gets in.
package final class WaitingRoom: Sendable {
    private struct State {
        var waiting: [Int: WaitingTicket] = [:]
        var origins: [Int: String] = [:]
        var byOrigin: [String: Set<Int>] = [:]
        var next = 0
    }

    private let limits: SSHServerLimits
    private let state = Mutex(State())

    package init(limits: SSHServerLimits) {
        self.limits = limits
    }

    /// How many wait.
    package var count: Int { state.withLock { $0.waiting.count } }

    /// Lets a connection in, or returns nil when everybody who waits has got past the handshake. Without an origin it counts
    /// in the whole only, until `settle`.
    package func enter(_ descriptor: Int32, origin: String?) -> WaitingTicket? {
        let (ticket, evicted) = state.withLock { state -> (WaitingTicket?, WaitingTicket?) in
            let (isRoom, evicted) = makeRoom(for: origin, isNew: true, in: &state)
            guard isRoom else { return (nil, nil) }
            let ticket = WaitingTicket(number: state.next, descriptor: dup(descriptor), room: self)
            state.next += 1
            state.waiting[ticket.number] = ticket
            if let origin { Self.place(ticket.number, at: origin, in: &state) }
            return (ticket, evicted)
        }
        evicted?.cut()
        return ticket
    }

    /// Counts somebody for an origin who was let in without one. False if that has no room, or theirs was taken meanwhile.
    fileprivate func settle(_ number: Int, as origin: String) -> Bool {
        let (isIn, evicted) = state.withLock { state -> (Bool, WaitingTicket?) in
            guard state.waiting[number] != nil, state.origins[number] == nil else { return (false, nil) }
            let (isRoom, evicted) = makeRoom(for: origin, isNew: false, in: &state)
            if isRoom { Self.place(number, at: origin, in: &state) }
            return (isRoom, evicted)
        }
        evicted?.cut()
        return isIn
    }

    private func makeRoom(
        for origin: String?, isNew: Bool, in state: inout State
    ) -> (isRoom: Bool, evicted: WaitingTicket?) {
        let mine = origin.flatMap { state.byOrigin[$0] } ?? []
        let oldest: Int?
        if mine.count >= limits.waitingPerOrigin {
            oldest = Self.oldestStalled(mine, in: state)
        } else if isNew, state.waiting.count >= limits.waiting {
            oldest = Self.oldestStalled(state.waiting.keys, in: state)
        } else {
            return (true, nil)
        }
        return (oldest != nil, oldest.map { Self.remove($0, from: &state) })
    }

    private static func place(_ number: Int, at origin: String, in state: inout State) {
        state.origins[number] = origin
        state.byOrigin[origin, default: []].insert(number)
    }

    fileprivate func leave(_ number: Int) {
        state.withLock { state in
            guard state.waiting[number] != nil else { return }
            _ = Self.remove(number, from: &state)
        }
    }

    private static func oldestStalled(_ numbers: some Sequence<Int>, in state: State) -> Int? {
        numbers.filter { state.waiting[$0]?.isPastHandshake == false }.min()
    }

    private static func remove(_ number: Int, from state: inout State) -> WaitingTicket {
        let ticket = state.waiting.removeValue(forKey: number)!
        if let origin = state.origins.removeValue(forKey: number) {
            state.byOrigin[origin]?.remove(number)
            if state.byOrigin[origin]?.isEmpty == true { state.byOrigin[origin] = nil }
        }
        return ticket
    }
}

/// A place in the waiting room.
package final class WaitingTicket: Sendable {
    fileprivate let number: Int
    /// A second descriptor of the socket: the first may be closed, and its number reused, by the loop at any time.
    private let descriptor: Int32
    private let room: WaitingRoom
    private let pastHandshake = Atomic(false)
    private let isOver = Atomic(false)

    fileprivate init(number: Int, descriptor: Int32, room: WaitingRoom) {
        self.number = number
        self.descriptor = descriptor
        self.room = room
    }

    deinit {
        if descriptor >= 0, !isOver.load(ordering: .relaxed) { close(descriptor) }
    }

    fileprivate var isPastHandshake: Bool { pastHandshake.load(ordering: .relaxed) }

    func passHandshake() {
        pastHandshake.store(true, ordering: .relaxed)
    }

    /// Whom a balancer says this is; whether there is room for one more of them.
    func settle(as origin: String) -> Bool { room.settle(number, as: origin) }

    /// The connection has signed in or ended.
    func leave() {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        room.leave(number)
        close(descriptor)
    }

    /// Makes the connection end: its loop sees the end of the stream.
    fileprivate func cut() {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
