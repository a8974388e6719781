import Glibc
import Synchronization

/// Counts the connections that have not signed in yet, all together and per origin, and keeps room for newcomers: one
/// that stalls in the handshake makes way for the next, longest first. So ten thousand idle connections cost what the
/// limit says, and a person from the same address still gets in.
package final class WaitingRoom: Sendable {
    private struct State {
        var waiting: [Int: WaitingTicket] = [:]
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

    /// Lets a connection in, or returns nil when everybody who waits has got past the handshake.
    package func enter(_ descriptor: Int32, origin: String) -> WaitingTicket? {
        let (ticket, evicted) = state.withLock { state -> (WaitingTicket?, [WaitingTicket]) in
            var evicted: [WaitingTicket] = []
            let mine = state.byOrigin[origin] ?? []
            if mine.count >= limits.waitingPerOrigin {
                guard let oldest = Self.oldestStalled(mine, in: state) else { return (nil, []) }
                evicted.append(Self.remove(oldest, from: &state))
            } else if state.waiting.count >= limits.waiting {
                guard let oldest = Self.oldestStalled(state.waiting.keys, in: state) else { return (nil, []) }
                evicted.append(Self.remove(oldest, from: &state))
            }
            let ticket = WaitingTicket(number: state.next, origin: origin, descriptor: dup(descriptor), room: self)
            state.next += 1
            state.waiting[ticket.number] = ticket
            state.byOrigin[origin, default: []].insert(ticket.number)
            return (ticket, evicted)
        }
        for ticket in evicted { ticket.cut() }
        return ticket
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
        state.byOrigin[ticket.origin]?.remove(number)
        if state.byOrigin[ticket.origin]?.isEmpty == true { state.byOrigin[ticket.origin] = nil }
        return ticket
    }
}

/// A place in the waiting room.
package final class WaitingTicket: Sendable {
    fileprivate let number: Int
    fileprivate let origin: String
    /// A second descriptor of the socket: the first may be closed, and its number reused, by the loop at any time.
    private let descriptor: Int32
    private let room: WaitingRoom
    private let pastHandshake = Atomic(false)
    private let isOver = Atomic(false)

    fileprivate init(number: Int, origin: String, descriptor: Int32, room: WaitingRoom) {
        self.number = number
        self.origin = origin
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
