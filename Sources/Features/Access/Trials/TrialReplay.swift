import Assets
import FoundationEssentials
import Kernel

/// What somebody did at one account of one asset, and when.
struct TrialDeeds: Sendable {
    let user: UserID
    let asset: AssetID
    let account: AccountName?
    let `protocol`: AccessProtocol
    /// The first one first.
    let times: [Date]
}

/// Judges what people did by two policies. Pure: the same deeds and policies give the same answer.
struct TrialReplay {
    let policy: TriedPolicy
    let now: Date
    /// How much may be asked to find what is newly open, and as much for what was done that names no account.
    var questions = TrialLimits.questions

    /// What the change makes a difference to, and how much was not judged.
    struct Outcome: Sendable {
        var rows: [TrialRow] = []
        var leftOut = 0
    }

    /// What would have been refused.
    func loses(_ deeds: [TrialDeeds]) -> Outcome {
        rows(deeds, isLoss: true)
    }

    /// What would have been let in, unless it is let in today as it is.
    func gains(_ attempts: [TrialDeeds]) -> Outcome {
        rows(attempts, isLoss: false)
    }

    private func rows(_ deeds: [TrialDeeds], isLoss: Bool) -> Outcome {
        var pairs: [PairKey: TriedPair?] = [:]
        var found = Outcome()
        var left = questions
        for deed in deeds {
            let key = PairKey(user: deed.user, asset: deed.asset)
            let known: TriedPair?? = pairs[key]
            let pair = known ?? policy.pair(deed.user, deed.asset)
            if known == nil { pairs[key] = .some(pair) }
            // Most of what people do has nothing to do with the change: nothing is decided about it.
            guard let pair, pair.isTouched else { continue }
            do {
                if let row = try row(deed, pair, isLoss: isLoss, &left) { found.rows.append(row) }
            } catch {
                found.leftOut += deed.times.count
            }
        }
        found.rows.sort {
            ($0.changed, $0.count, $0.lastAt, $0.user.id.text, $0.asset.id.text)
                > ($1.changed, $1.count, $1.lastAt, $1.user.id.text, $1.asset.id.text)
        }
        return found
    }

    private struct TooMuch: Error {}

    /// Where no account is named all of the asset's are asked about, of which there may be thousands: whoever has tried such
    /// a target at each hour of the week must not hold a thread for minutes.
    private static func spend(_ left: inout Int, on deed: TrialDeeds, _ pair: TriedPair) throws(TooMuch) {
        guard deed.account == nil else { return }
        let cost = pair.asset.accounts.count * (pair.before.count + pair.after.count)
        guard cost <= left else { throw TooMuch() }
        left -= cost
    }

    private struct PairKey: Hashable {
        let user: UserID
        let asset: AssetID
    }

    /// Between two turns of the grants, and as long as the hours of the same ones are open, the answer is the same.
    private struct Slot: Hashable {
        let turn: Int
        let open: [Bool]
    }

    private func row(
        _ deed: TrialDeeds, _ pair: TriedPair, isLoss: Bool, _ left: inout Int
    ) throws(TooMuch) -> TrialRow? {
        let turns = pair.turns
        let hours = pair.hours
        var answers: [Slot: (isChanged: Bool, reasons: [DecisionReason])] = [:]
        var turn = 0
        var changed = 0
        var reasons: [DecisionReason] = []
        for time in deed.times {
            while turn < turns.count, turns[turn] <= time { turn += 1 }
            let open = hours.map { hours in
                let moment = hours.clock.moment(at: time)
                return hours.blocks.contains { $0.contains(moment) }
            }
            let slot = Slot(turn: turn, open: open)
            let answer: (isChanged: Bool, reasons: [DecisionReason])
            if let known = answers[slot] {
                answer = known
            } else {
                try Self.spend(&left, on: deed, pair)
                answer = judge(deed, pair, .then(time), isLoss: isLoss)
                answers[slot] = answer
            }
            guard answer.isChanged else { continue }
            changed += 1
            reasons = answer.reasons
        }
        try Self.spend(&left, on: deed, pair)
        let isOpenNow = pair.decide(pair.before, deed.account, deed.protocol, .now(now)).isAllowed
        let nowAfter = pair.decide(pair.after, deed.account, deed.protocol, .now(now))
        let changesNow = isLoss ? isOpenNow && !nowAfter.isAllowed : !isOpenNow && nowAfter.isAllowed
        guard changesNow || changed > 0 && (isLoss || !isOpenNow), let last = deed.times.last else { return nil }
        return TrialRow(
            user: GrantUser(id: pair.person.id, name: pair.person.name),
            asset: GrantAsset(id: pair.asset.id, name: pair.asset.name), account: deed.account,
            protocol: deed.protocol, count: deed.times.count, changed: changed, lastAt: last, isOpenNow: isOpenNow,
            staysOpenNow: nowAfter.isAllowed, reasons: changed > 0 ? reasons : nowAfter.reasons)
    }

    private func judge(
        _ deed: TrialDeeds, _ pair: TriedPair, _ time: TriedPair.Time, isLoss: Bool
    ) -> (isChanged: Bool, reasons: [DecisionReason]) {
        let before = pair.decide(pair.before, deed.account, deed.protocol, time)
        guard before.isAllowed == isLoss else { return (false, []) }
        let after = pair.decide(pair.after, deed.account, deed.protocol, time)
        return (after.isAllowed != isLoss, after.reasons)
    }
}

/// Whom and what one change names, to look for what it opens.
struct TrialSpread: Sendable {
    let name: String
    let grant: GrantID?
    var people: [UserID] = []
    var assets: [AssetID] = []
    /// How many there are; the lists have the first of them.
    var peopleCount = 0
    var assetCount = 0
}

extension TrialReplay {
    /// What is open by the changed policy at some hour of the week at which it is closed by the one that there is.
    func widenings(_ spreads: [TrialSpread]) -> [TrialWidening] {
        var left = TrialLimits.pairs
        var questions = questions
        return spreads.map { spread in
            var opened = 0
            var examples: [TrialOpening] = []
            var isComplete =
                spread.people.count == spread.peopleCount && spread.assets.count == spread.assetCount
            pairs: for user in spread.people {
                for asset in spread.assets {
                    guard left > 0 else {
                        isComplete = false
                        break pairs
                    }
                    left -= 1
                    guard let pair = policy.pair(user, asset), pair.isTouched, !pair.asset.accounts.isEmpty else {
                        continue
                    }
                    let hours = pair.hours(from: now)
                    // Assets may have thousands of accounts, and people as many grants.
                    questions -= pair.asset.accounts.count * (pair.before.count + pair.after.count) * hours.count
                    guard questions >= 0 else {
                        (left, isComplete) = (0, false)
                        break pairs
                    }
                    guard let opening = opening(pair, at: hours) else { continue }
                    opened += 1
                    if examples.count < TrialLimits.examples { examples.append(opening) }
                }
            }
            return TrialWidening(
                name: spread.name, grant: spread.grant, people: spread.peopleCount, assets: spread.assetCount,
                opened: opened, isComplete: isComplete, examples: examples)
        }
    }

    private func opening(_ pair: TriedPair, at hours: Set<Date>) -> TrialOpening? {
        let accounts = pair.asset.accounts.sorted { $0.text < $1.text }.filter { account in
            AccessProtocol.allCases.contains { way in
                hours.contains { hour in
                    pair.decide(pair.after, account, way, .begun(now, hour: hour)).isAllowed
                        && !pair.decide(pair.before, account, way, .begun(now, hour: hour)).isAllowed
                }
            }
        }
        guard !accounts.isEmpty else { return nil }
        return TrialOpening(
            user: GrantUser(id: pair.person.id, name: pair.person.name),
            asset: GrantAsset(id: pair.asset.id, name: pair.asset.name),
            accounts: Array(accounts.prefix(TrialLimits.accounts)))
    }
}
