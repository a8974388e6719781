import FoundationEssentials
import Jobs
import Kernel

/// An endpoint for which something waits.
struct WaitingEndpoint: Sendable, Hashable {
    let tenant: TenantID
    let webhook: WebhookID
}

/// The endpoints of one pace for which something waits, as far as one pump knows, in the order of their turns. Pure.
///
/// Which they are is looked up when there is news, and not whenever a place is free: what waits for endpoints that are ill
/// costs those who answer nothing. Whoever is forgotten here by mistake is found at the next look around.
struct DeliveryQueue: Sendable {
    private(set) var hand = FairHand()
    private var turns: [WaitingEndpoint] = []
    /// When each was heard of last, by a clock that ticks with what happens here.
    private var heard: [WaitingEndpoint: Int] = [:]
    private var ticks = 0

    /// Endpoints that get their turn, with the room that each of them and each of their tenants has, and the moment at which
    /// it began: what leaves meanwhile makes room for the next turn.
    struct Turn: Sendable {
        let endpoints: [WaitingEndpoint]
        let rooms: [Int]
        let tenants: [TenantID: Int]
        let limit: Int
        let moment: Int
    }

    var isEmpty: Bool { turns.isEmpty }

    /// Something waits for these.
    mutating func hear(_ endpoints: [WaitingEndpoint]) {
        ticks += 1
        for endpoint in endpoints where heard.updateValue(ticks, forKey: endpoint) == nil { turns.append(endpoint) }
    }

    /// Whose turn it is: no more than there are places, and nobody whose share is taken.
    func next(_ most: FairShares) -> Turn? {
        let limit = most.places - hand.taken
        guard limit > 0 else { return nil }
        var (chosen, rooms): ([WaitingEndpoint], [Int]) = ([], [])
        var (tenants, beside): ([TenantID: Int], [TenantID: Int]) = ([:], [:])
        for endpoint in turns {
            let room = most.ofLine - hand.lines[endpoint.webhook.uuid, default: 0]
            let whole = most.ofTenant - hand.tenants[endpoint.tenant, default: 0]
            guard room > 0, beside[endpoint.tenant, default: 0] < whole else { continue }
            chosen.append(endpoint)
            rooms.append(room)
            tenants[endpoint.tenant] = whole
            beside[endpoint.tenant, default: 0] += 1
            if chosen.count == limit { break }
        }
        guard !chosen.isEmpty else { return nil }
        return Turn(endpoints: chosen, rooms: rooms, tenants: tenants, limit: limit, moment: ticks)
    }

    /// What came of a turn. Whoever has nothing left is forgotten, unless there was news of it meanwhile; the others go to the
    /// end.
    mutating func enter(_ claimed: [ClaimedDelivery], of turn: Turn) {
        var got: [WaitingEndpoint: Int] = [:]
        var ofTenant: [TenantID: Int] = [:]
        var found: [WaitingEndpoint: Int] = [:]
        for one in claimed {
            let endpoint = WaitingEndpoint(tenant: one.tenant, webhook: one.webhook)
            got[endpoint, default: 0] += 1
            found[endpoint] = one.found
            ofTenant[one.tenant, default: 0] += 1
        }
        hand.enter(claimed)
        let served = Set(turn.endpoints)
        let left = zip(turn.endpoints, turn.rooms).filter { endpoint, room in
            guard heard[endpoint, default: 0] <= turn.moment else { return true }
            if let count = got[endpoint], let seen = found[endpoint] {
                // As many were looked for as there was room.
                return count < seen || seen >= room
            }
            // Others may have taken all that could be claimed.
            return claimed.count >= turn.limit
                || ofTenant[endpoint.tenant, default: 0] >= turn.tenants[endpoint.tenant, default: 0]
        }.map(\.0)
        turns = turns.filter { !served.contains($0) } + left
        for endpoint in served.subtracting(left) { heard[endpoint] = nil }
    }

    mutating func leave(_ one: ClaimedDelivery) { hand.leave(one) }
}
