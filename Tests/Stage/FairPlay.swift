package import FoundationEssentials
package import Jobs
package import Postgres

/// What one pump would take, one claim after the other, while nothing of it is done.
package struct FairPlay<Work: FairWork> {
    private let claims: FairClaims<Work>
    private var turns = FairTurns<Work.Kind>()

    package init(_ work: Work, on database: Database) {
        claims = FairClaims(work, on: database)
    }

    /// Whatever is due, as far as there is room: `limit` places more, and shares that count what is at hand.
    package mutating func claim(
        _ limit: Int, ofTenant: Int, ofLine: Int, _ pace: FairPace = .quick, lease: Duration = .seconds(60),
        at now: Date
    ) async throws -> [FairItem<Work.Kind>] {
        turns.hear(try await claims.waiting(at: now).filter { $0.pace == pace }.map(\.line))
        var claimed: [FairItem<Work.Kind>] = []
        while claimed.count < limit {
            let most = FairShares(
                places: turns.taken + limit - claimed.count, ofTenant: ofTenant, ofLine: ofLine)
            guard let turn = turns.next(most) else { break }
            let some = try await claims.claim(pace, turn, lease: lease, at: now)
            turns.enter(some, of: turn)
            claimed += some
        }
        return claimed
    }
}
