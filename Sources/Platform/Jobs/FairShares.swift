package import FoundationEssentials
package import Kernel

/// Something that a pump has taken for a while: whose it is, and in which line it stood.
package protocol FairItem: Sendable, Hashable {
    var tenant: TenantID { get }
    /// That of one receiver.
    var line: UUID { get }
}

/// How many may be on their way at once.
package struct FairShares: Sendable {
    package var places: Int
    package var ofTenant: Int
    package var ofLine: Int

    package init(places: Int, ofTenant: Int, ofLine: Int) {
        self.places = places
        self.ofTenant = ofTenant
        self.ofLine = ofLine
    }
}

/// What one pump has at hand, and who had the last turn: what the next claim leaves room for, and where it begins.
package struct FairHand: Sendable {
    package private(set) var lines: [UUID: Int] = [:]
    package private(set) var tenants: [TenantID: Int] = [:]
    package private(set) var last = (tenant: TenantID(nothing), line: nothing)
    package private(set) var taken = 0

    private static let nothing = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    package init() {}

    package mutating func enter(_ items: [some FairItem]) {
        for item in items {
            lines[item.line, default: 0] += 1
            tenants[item.tenant, default: 0] += 1
        }
        taken += items.count
        if let item = items.last { last = (item.tenant, item.line) }
    }

    package mutating func leave(_ item: some FairItem) {
        lines[item.line] = lines[item.line].flatMap { $0 > 1 ? $0 - 1 : nil }
        tenants[item.tenant] = tenants[item.tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
        taken -= 1
    }
}

/// Behind whom something may wait that the last claim had no room for.
struct FairCrowd {
    private let isFull: Bool
    private let lines: Set<UUID>
    private let tenants: Set<TenantID>

    /// `hand` with what the claim has taken, which was as much as it might if `isFull`.
    init(_ hand: FairHand, _ shares: FairShares, isFull: Bool) {
        self.isFull = isFull
        lines = Set(hand.lines.filter { $0.value >= shares.ofLine }.keys)
        tenants = Set(hand.tenants.filter { $0.value >= shares.ofTenant }.keys)
    }

    func mayWait(for item: some FairItem) -> Bool {
        isFull || lines.contains(item.line) || tenants.contains(item.tenant)
    }
}
