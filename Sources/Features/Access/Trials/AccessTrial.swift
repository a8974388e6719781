package import Assets
package import FoundationEssentials
package import Kernel

/// What a changed policy would have said to what people did, and what it says now.
package struct AccessTrial: WireValue, Sendable {
    package let from: Date
    package let to: Date
    /// Whether everything of the days that were asked for was looked at; else `from` is later.
    package let isComplete: Bool
    package let sessions: TrialCount
    package let attempts: TrialCount
    /// What named no account, at assets with so many that it was not judged.
    package let leftOut: Int
    package let losingPeople: Int
    package let gainingPeople: Int
    package let loses: [TrialRow]
    package let moreLoses: Int
    package let gains: [TrialRow]
    package let moreGains: Int
    package let widens: [TrialWidening]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("from", \.from)
        Field("to", \.to)
        Field(
            "isComplete", \.isComplete,
            note: "False if there was more than is looked at: then `from` is later than was asked for.")
        Field("sessions", \.sessions, note: "Changed: they would have been refused.")
        Field("attempts", \.attempts, note: "What was refused for want of a grant. Changed: it would have been let in.")
        Field(
            "leftOut", \.leftOut, .int(0...Int(Int32.max)),
            note: "What named no account, at assets with so many accounts that it was not judged.")
        Field("losingPeople", \.losingPeople, .int(0...Int(Int32.max)))
        Field("gainingPeople", \.gainingPeople, .int(0...Int(Int32.max)))
        Field("loses", \.loses, count: 0...TrialLimits.rows, note: "What was used most comes first.")
        Field("moreLoses", \.moreLoses, .int(0...Int(Int32.max)))
        Field("gains", \.gains, count: 0...TrialLimits.rows)
        Field("moreGains", \.moreGains, .int(0...Int(Int32.max)))
        Field("widens", \.widens, count: 0...240, note: "What is newly open, used or not.")
    }
}

/// How much of a kind there was, and to how much of it the change makes a difference.
package struct TrialCount: WireValue, Sendable, Hashable {
    package let judged: Int
    package let changed: Int
    package let unchanged: Int

    init(judged: Int, changed: Int) {
        self.judged = judged
        self.changed = changed
        unchanged = judged - changed
    }

    package static let schema: Schema<Self> = .record({ (judged: Int, changed: Int, unchanged: Int) in
        TrialCount(judged: judged, changed: changed)
    }) {
        Field("judged", \.judged, .int(0...Int(Int32.max)))
        Field("changed", \.changed, .int(0...Int(Int32.max)))
        Field("unchanged", \.unchanged, .int(0...Int(Int32.max)))
    }
}

/// One person at one account of one asset, for whom the change makes a difference.
package struct TrialRow: WireValue, Sendable, Hashable {
    package let user: GrantUser
    package let asset: GrantAsset
    package let account: AccountName?
    package let `protocol`: AccessProtocol
    package let count: Int
    package let changed: Int
    package let lastAt: Date
    package let isOpenNow: Bool
    package let staysOpenNow: Bool
    package let reasons: [DecisionReason]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("asset", \.asset)
        Field("account", \.account, AccountName.schema, note: "Absent where somebody named none.")
        Field("protocol", \.protocol)
        Field("count", \.count, .int(1...Int(Int32.max)), note: "How many sessions or attempts there were.")
        Field("changed", \.changed, .int(0...Int(Int32.max)), note: "How many of them would have gone otherwise.")
        Field("lastAt", \.lastAt)
        Field("isOpenNow", \.isOpenNow, note: "Whether it is open at this moment, without the change.")
        Field("staysOpenNow", \.staysOpenNow, note: "Whether it is open at this moment, with the change.")
        Field("reasons", \.reasons, count: 0...20, note: "What the changed policy says.")
    }
}

/// What a change opens that was closed, whether or not somebody has tried it.
package struct TrialWidening: WireValue, Sendable, Hashable {
    package let name: String
    package let grant: GrantID?
    package let people: Int
    package let assets: Int
    package let opened: Int
    package let isComplete: Bool
    package let examples: [TrialOpening]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(0...400), note: "The grant's; for a membership the person's.")
        Field("grant", \.grant, GrantID.schema, note: "Absent for what there is not yet.")
        Field("people", \.people, .int(0...Int(Int32.max)), note: "How many active people it names.")
        Field("assets", \.assets, .int(0...Int(Int32.max)), note: "How many active assets it names.")
        Field("opened", \.opened, .int(0...Int(Int32.max)), note: "Pairs of the two with an account newly open.")
        Field("isComplete", \.isComplete, note: "False if there are more pairs than are looked at.")
        Field("examples", \.examples, count: 0...TrialLimits.examples)
    }
}

/// Somebody and an asset of which accounts are newly open to them.
package struct TrialOpening: WireValue, Sendable, Hashable {
    package let user: GrantUser
    package let asset: GrantAsset
    package let accounts: [AccountName]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("asset", \.asset)
        Field("accounts", \.accounts, count: 1...TrialLimits.accounts)
    }
}

/// How much one trial looks at and tells.
package enum TrialLimits {
    /// Sessions, and as many attempts: the newest.
    package static let judged = 200_000
    /// Grants that name somebody who did something.
    package static let grants = 20_000
    /// People, and as many assets, of one change.
    package static let members = 1_000
    /// Pairs of people and assets of all changes, looked at for what is newly open.
    package static let pairs = 20_000
    /// Accounts of these pairs, each asked of each grant: so many take a second or two. As many for what names no account.
    package static let questions = 4_000_000
    package static let rows = 200
    package static let examples = 20
    package static let accounts = 20
}
