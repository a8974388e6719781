package import FoundationEssentials
package import Kernel
import Postgres

/// Where things wait for one receiver of one tenant.
package struct FairLine: Sendable, Hashable {
    package let tenant: TenantID
    /// That of the receiver.
    package let id: UUID

    package init(tenant: TenantID, id: UUID) {
        self.tenant = tenant
        self.id = id
    }
}

/// Something that a pump has taken for a while.
package struct FairItem<Kind: IDKind>: Sendable, Hashable {
    package let line: FairLine
    package let id: ID<Kind>
    /// How many were found in its line, of those that there was room for.
    let found: Int

    package init(line: FairLine, id: ID<Kind>, found: Int) {
        self.line = line
        self.id = id
        self.found = found
    }
}

/// Among whom a line waits: those whose receivers answer, and those who fail or take their time.
package enum FairPace: String, CaseIterable, Sendable, SQLBindable, SQLDecodable {
    case quick, slow

    /// What takes longer is slow.
    package static let slowness: Duration = .seconds(3)

    /// That of a receiver who took so long to answer.
    package init(of time: Duration) {
        self = time > Self.slowness ? .slow : .quick
    }
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

/// What one pump has at hand: what the next claim leaves room for.
struct FairHand: Sendable {
    private(set) var lines: [FairLine: Int] = [:]
    private(set) var tenants: [TenantID: Int] = [:]
    private(set) var taken = 0

    mutating func enter(_ lines: [FairLine]) {
        for line in lines {
            self.lines[line, default: 0] += 1
            tenants[line.tenant, default: 0] += 1
        }
        taken += lines.count
    }

    mutating func leave(_ line: FairLine) {
        lines[line] = lines[line].flatMap { $0 > 1 ? $0 - 1 : nil }
        tenants[line.tenant] = tenants[line.tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
        taken -= 1
    }
}
