import Assets
import FoundationEssentials
import Kernel

/// A grant that names both the person and the asset, with all that decides whether it opens the way.
struct CandidateGrant: Sendable {
    var id: GrantID
    var name: String
    var effect: Grant.Effect
    var protocols: [AccessProtocol]
    var actions: [AccessAction]
    var accounts: [AccountRule]
    var startsAt: Date
    var endsAt: Date?
    var weekly: [WeeklyHours]
    var state: Grant.State
    var isStrict = false
    /// When the question is asked, by the clock that the grant's hours are meant by.
    var moment: LocalMoment
}

/// What the database says about a question: read in one statement, judged here.
struct AccessFacts: Sendable {
    /// How many grants are read of one person and asset: those that are active first, and of them the denials.
    static let mostRead = 1000

    var isTenantActive: Bool
    var login: String
    var isUserActive: Bool
    var assetName: String
    var isAssetActive: Bool
    var hasAccount: Bool
    var candidates: [CandidateGrant]
}

extension AccessFacts {
    /// Judges a question. Pure: the same facts give the same answer.
    func decide(_ question: AccessQuestion) -> Decision {
        let facts = DecisionFacts(
            asset: assetName, account: question.account.text, protocol: question.protocol, action: question.action)
        guard isTenantActive else { return refuse(.tenantInactive, facts) }
        guard isUserActive else { return refuse(.userDisabled, facts) }
        guard isAssetActive else { return refuse(.assetDisabled, facts) }
        var failures: [(distance: Int, reason: DecisionReason)] = []
        var openings: [(grant: CandidateGrant, until: Date?)] = []
        for candidate in candidates {
            let reasons = mismatches(of: candidate, question, facts)
            switch (candidate.effect, reasons.first) {
            case (.deny, nil):
                return refuse(.denied, facts.of(candidate), candidate.id)
            case (.deny, _?): continue
            case (.allow, nil): openings.append((candidate, end(of: candidate, question.at)))
            case (.allow, let first?): failures.append((reasons.count, first))
            }
        }
        // Who has asked for more to be done means to do it: what was given for that is taken, though it ends earlier.
        let best = openings.max {
            ($0.grant.actions.count, $0.until ?? .distantFuture) < ($1.grant.actions.count, $1.until ?? .distantFuture)
        }
        if let best {
            guard hasAccount else { return refuse(.noSuchAccount, facts) }
            let opening = Decision.Opening(
                grant: best.grant.id, actions: best.grant.actions, until: best.until,
                isStrict: best.grant.isStrict)
            let reason = DecisionReason(.allowed, facts.of(best.grant), grant: best.grant.id)
            return Decision(opening: opening, reasons: [reason])
        }
        guard !failures.isEmpty else { return refuse(.noGrant, facts) }
        // The grant that misses least comes first: it is the one that people thought they had.
        let chain = failures.sorted { $0.distance < $1.distance }.prefix(5).map(\.reason)
        return Decision(opening: nil, reasons: chain)
    }

    private func mismatches(
        of grant: CandidateGrant, _ question: AccessQuestion, _ facts: DecisionFacts
    ) -> [DecisionReason] {
        var reasons: [DecisionReason] = []
        func miss(_ code: DecisionReason.Code, at time: Date? = nil) {
            reasons.append(DecisionReason(code, facts.of(grant, at: time), grant: grant.id))
        }
        if grant.state == .revoked { miss(.grantRevoked) }
        if grant.state == .ended || grant.endsAt.map({ $0 <= question.at }) ?? false {
            miss(.grantEnded, at: grant.endsAt)
        }
        if grant.startsAt > question.at { miss(.grantNotStarted, at: grant.startsAt) }
        if !grant.weekly.isEmpty, !grant.weekly.contains(where: { $0.contains(grant.moment) }) {
            miss(.outsideHours)
        }
        if !AccountRule.allow(grant.accounts, question.account, login: login) { miss(.otherAccount) }
        if !grant.protocols.contains(question.protocol) { miss(.otherProtocol) }
        if !grant.actions.contains(question.action) { miss(.otherAction) }
        return reasons
    }

    private func end(of grant: CandidateGrant, _ at: Date) -> Date? {
        // The moment counts whole minutes: without the seconds that have passed of this one it would close late.
        let seconds = at.timeIntervalSince1970
        let minute = at.addingTimeInterval(-(seconds - (seconds / 60).rounded(.down) * 60))
        let open = grant.weekly.isEmpty ? nil : grant.weekly.minutesOpen(from: grant.moment)
        let hours = open.map { minute.addingTimeInterval(Double($0 * 60)) }
        return [grant.endsAt, hours].compactMap(\.self).min()
    }

    private func refuse(
        _ code: DecisionReason.Code, _ facts: DecisionFacts, _ grant: GrantID? = nil
    ) -> Decision {
        Decision(opening: nil, reasons: [DecisionReason(code, facts, grant: grant)])
    }
}

extension DecisionFacts {
    fileprivate func of(_ grant: CandidateGrant, at time: Date? = nil) -> DecisionFacts {
        var facts = self
        facts.grantName = grant.name
        facts.at = time
        return facts
    }
}
