/// Whose turn it is: tenants by deficit round robin (Shreedhar and Varghese 1995), so that each of those who want more
/// than there is gets the same amount, with however many items; and in front of them those who were quiet until now
/// (RFC 8290 §4.2), whose keystroke or request thus waits for nobody. The items of one tenant take turns. The amount is
/// whatever the owner counts: bytes, requests. Pure.
package struct FairQueue<Tenant: Hashable, Item: Hashable> {
    private struct Lane {
        var items: [Item] = []
        var deficit: Int
    }

    /// A turn: who it is for, and how much it may be.
    package struct Turn {
        package let tenant: Tenant
        package let item: Item
        package let allowance: Int
    }

    private let quantum: Int
    private var lanes: [Tenant: Lane] = [:]
    private var fresh: [Tenant] = []
    private var old: [Tenant] = []
    /// How many items wait.
    package private(set) var count = 0

    /// `quantum` is what a tenant gets before the next one has its turn.
    package init(quantum: Int) {
        self.quantum = quantum
    }

    /// How much a tenant may have at once, without standing in line; 0 if it stands there already.
    package func headroom(of tenant: Tenant) -> Int {
        guard let lane = lanes[tenant] else { return quantum }
        return lane.items.isEmpty ? max(0, lane.deficit) : 0
    }

    package func isWaiting(_ item: Item, of tenant: Tenant) -> Bool {
        lanes[tenant]?.items.contains(item) ?? false
    }

    /// Puts an item in line. It must not be there yet.
    package mutating func add(_ item: Item, of tenant: Tenant) {
        open(tenant)
        lanes[tenant]?.items.append(item)
        count += 1
    }

    /// Takes an item out of the line.
    package mutating func remove(_ item: Item, of tenant: Tenant) {
        guard let index = lanes[tenant]?.items.firstIndex(of: item) else { return }
        lanes[tenant]?.items.remove(at: index)
        count -= 1
    }

    /// Whose turn it is; that item is out of the line then. Nil if nobody waits: all that was charged is forgotten by
    /// and by.
    package mutating func next() -> Turn? {
        while let (tenant, isFresh) = fresh.first.map({ ($0, true) }) ?? old.first.map({ ($0, false) }) {
            guard var lane = lanes[tenant] else { return nil }
            if lane.deficit <= 0 {
                lane.deficit += quantum
                lanes[tenant] = lane
                advance(isFresh)
                old.append(tenant)
            } else if lane.items.isEmpty {
                advance(isFresh)
                // Who was in front goes to the end first: coming and going is no way to be always in front.
                if isFresh { old.append(tenant) } else { lanes[tenant] = nil }
            } else {
                let item = lane.items.removeFirst()
                lanes[tenant] = lane
                count -= 1
                return Turn(tenant: tenant, item: item, allowance: lane.deficit)
            }
        }
        return nil
    }

    /// Says how much a tenant has had.
    package mutating func charge(_ amount: Int, to tenant: Tenant) {
        guard amount > 0 else { return }
        open(tenant)
        lanes[tenant]?.deficit -= amount
    }

    private mutating func open(_ tenant: Tenant) {
        guard lanes[tenant] == nil else { return }
        lanes[tenant] = Lane(deficit: quantum)
        fresh.append(tenant)
    }

    private mutating func advance(_ isFresh: Bool) {
        if isFresh { fresh.removeFirst() } else { old.removeFirst() }
    }
}
