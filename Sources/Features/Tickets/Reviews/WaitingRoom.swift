import FoundationEssentials
package import Kernel
import Synchronization

/// Who waits for which request on this node. It asks nobody and keeps no time of its own.
package final class WaitingRoom: Sendable {
    package struct Limits: Sendable {
        /// No company takes the last ones of them.
        package var places = SharedPlaces(all: 20_000, ofOne: 5_000)
        package var fromOneAddress = 500
        /// Of more than these the ones that came first ask again.
        package var forOneTicket = 2

        package init() {}
    }

    /// Why somebody waits no longer.
    package enum Waking: Sendable, Equatable {
        /// Something has happened; ask what.
        case woken
        case timeIsUp
        /// There is no room.
        case crowded
    }

    fileprivate struct Waiter {
        let ticket: TicketID
        let tenant: TenantID
        let address: String?
        /// When they asked last.
        let since: ContinuousClock.Instant
        let end: ContinuousClock.Instant
        let continuation: CheckedContinuation<Waking, Never>
    }

    fileprivate struct Place {
        let ticket: TicketID
        let tenant: TenantID
        let end: Date
    }

    fileprivate struct State {
        var next: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        /// In the order in which they came.
        var byTicket: [TicketID: [UInt64]] = [:]
        var tenants: [TenantID: Int] = [:]
        var addresses: [String: Int] = [:]
        var places: [String: Place] = [:]
        var keys: [TicketID: Set<String>] = [:]
        /// What is over since a moment: whoever has asked before and comes after is not to wait in vain.
        var over: [TicketID: ContinuousClock.Instant] = [:]
        /// The same of companies of which all are to ask again.
        var stirred: [TenantID: ContinuousClock.Instant] = [:]
        var isClosed = false
    }

    private static let remembered = Duration.seconds(30)
    private static let mostRemembered = 20_000
    private let limits: Limits
    private let state = Mutex(State())

    init(limits: Limits) {
        self.limits = limits
    }

    var count: Int { state.withLock { $0.waiters.count } }

    /// What is waited for.
    var waiting: [(tenant: TenantID, ticket: TicketID)] {
        state.withLock { state in
            state.byTicket.compactMap { ticket, ids in
                ids.first.flatMap { state.waiters[$0] }.map { ($0.tenant, ticket) }
            }
        }
    }

    /// `since` is when they asked last.
    func wait(
        for ticket: TicketID, of tenant: TenantID, from address: String?, since: ContinuousClock.Instant = .now,
        until end: ContinuousClock.Instant
    ) async -> Waking {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(
                    ticket: ticket, tenant: tenant, address: address, since: since, end: end,
                    continuation: continuation)
                let (refusal, displaced) = state.withLock { $0.seat(waiter, id, limits) }
                displaced?.continuation.resume(returning: .timeIsUp)
                if let refusal { return continuation.resume(returning: refusal) }
                // Whoever left before they were seated is not found there by the handler below.
                if Task.isCancelled { leave(id) }
            }
        } onCancel: {
            leave(id)
        }
    }

    private func leave(_ id: UInt64) {
        state.withLock { $0.remove(id) }?.continuation.resume(returning: .timeIsUp)
    }

    func wake(_ ticket: TicketID, at now: ContinuousClock.Instant) {
        let woken = state.withLock { state in
            if state.over.count >= Self.mostRemembered { state.over = [:] }
            state.over[ticket] = now
            state.forget(ticket)
            return (state.byTicket[ticket] ?? []).compactMap { state.remove($0) }
        }
        for waiter in woken { waiter.continuation.resume(returning: .woken) }
    }

    func wake(all tenant: TenantID, at now: ContinuousClock.Instant) {
        let woken = state.withLock { state in
            state.stirred[tenant] = now
            for (ticket, keys) in state.keys where keys.contains(where: { state.places[$0]?.tenant == tenant }) {
                state.forget(ticket)
            }
            return state.waiters.filter { $0.value.tenant == tenant }.keys.compactMap { state.remove($0) }
        }
        for waiter in woken { waiter.continuation.resume(returning: .woken) }
    }

    /// Lets those go who have waited long enough, and forgets what is remembered for long enough.
    func release(at now: ContinuousClock.Instant, _ date: Date = Date()) {
        let late = state.withLock { state in
            state.over = state.over.filter { now - $0.value < Self.remembered }
            state.stirred = state.stirred.filter { now - $0.value < Self.remembered }
            for (key, place) in state.places where place.end <= date { state.drop(key, of: place.ticket) }
            return state.waiters.filter { $0.value.end <= now }.keys.compactMap { state.remove($0) }
        }
        for waiter in late { waiter.continuation.resume(returning: .timeIsUp) }
    }

    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            return state.waiters.keys.compactMap { state.remove($0) }
        }
        for waiter in all { waiter.continuation.resume(returning: .timeIsUp) }
    }

    func place(_ key: String, at now: Date) -> (ticket: TicketID, tenant: TenantID)? {
        state.withLock { $0.places[key] }.flatMap { $0.end > now ? ($0.ticket, $0.tenant) : nil }
    }

    func keep(
        _ key: String, for ticket: TicketID, of tenant: TenantID, since: ContinuousClock.Instant = .now, until end: Date
    ) {
        state.withLock { state in
            guard state.places.count < limits.places.all, !state.hasNews(of: ticket, tenant, since: since),
                !state.isClosed
            else { return }
            state.places[key] = Place(ticket: ticket, tenant: tenant, end: end)
            state.keys[ticket, default: []].insert(key)
        }
    }
}

extension WaitingRoom.State {
    /// Takes somebody in, or says why not; who has to go for them is returned.
    fileprivate mutating func seat(
        _ waiter: WaitingRoom.Waiter, _ id: UInt64, _ limits: WaitingRoom.Limits
    ) -> (refusal: WaitingRoom.Waking?, displaced: WaitingRoom.Waiter?) {
        if isClosed { return (.timeIsUp, nil) }
        if hasNews(of: waiter.ticket, waiter.tenant, since: waiter.since) { return (.woken, nil) }
        var displaced: WaitingRoom.Waiter?
        if let seated = byTicket[waiter.ticket], seated.count >= limits.forOneTicket, let first = seated.first {
            displaced = remove(first)
        }
        guard limits.places.hasRoom(forOneWith: tenants[waiter.tenant, default: 0], taken: waiters.count),
            waiter.address.map({ addresses[$0, default: 0] < limits.fromOneAddress }) ?? true
        else { return (.crowded, displaced) }
        waiters[id] = waiter
        byTicket[waiter.ticket, default: []].append(id)
        tenants[waiter.tenant, default: 0] += 1
        if let address = waiter.address { addresses[address, default: 0] += 1 }
        return (nil, displaced)
    }

    /// Whether somebody who asked at this moment was to be woken meanwhile.
    fileprivate func hasNews(
        of ticket: TicketID, _ tenant: TenantID, since: ContinuousClock.Instant
    ) -> Bool {
        over[ticket] != nil || stirred[tenant].map { $0 >= since } ?? false
    }

    fileprivate mutating func remove(_ id: UInt64) -> WaitingRoom.Waiter? {
        guard let waiter = waiters.removeValue(forKey: id) else { return nil }
        byTicket[waiter.ticket]?.removeAll { $0 == id }
        if byTicket[waiter.ticket]?.isEmpty ?? false { byTicket[waiter.ticket] = nil }
        tenants[waiter.tenant]? -= 1
        if tenants[waiter.tenant] == 0 { tenants[waiter.tenant] = nil }
        if let address = waiter.address {
            addresses[address]? -= 1
            if addresses[address] == 0 { addresses[address] = nil }
        }
        return waiter
    }

    /// Forgets who comes again for a request.
    fileprivate mutating func forget(_ ticket: TicketID) {
        for key in keys.removeValue(forKey: ticket) ?? [] { places[key] = nil }
    }

    fileprivate mutating func drop(_ key: String, of ticket: TicketID) {
        places[key] = nil
        keys[ticket]?.remove(key)
        if keys[ticket]?.isEmpty ?? false { keys[ticket] = nil }
    }
}
