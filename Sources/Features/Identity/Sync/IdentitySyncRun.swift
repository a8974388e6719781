package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// One time that the people of a provider were looked through.
package struct IdentitySyncRun: Sendable {
    package enum Kind: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// Changes nothing.
        case preview
        case run
    }
    package enum State: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case waiting, running, done
        /// Too much would have been taken away: nothing was changed.
        case held
        /// Nothing was changed.
        case failed
    }

    package let id: IdentitySyncRunID
    package let provider: IdentityProviderID
    package let kind: Kind
    package let state: State
    /// So many may be disabled without asking.
    package let mayDisable: Int?
    /// So many memberships may be taken away without asking.
    package let mayRemove: Int?
    /// The login; nil for the schedule.
    package let askedBy: String?
    package let entries: Int
    package let report: IdentitySyncReport?
    package let error: String?
    package let createdAt: Date
    package let startedAt: Date?
    package let finishedAt: Date?
}

extension IdentitySyncRun: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("provider", \.provider)
        Field("kind", \.kind)
        Field("state", \.state)
        Field("mayDisable", \.mayDisable, .int(0...Int(Int32.max)))
        Field("mayRemove", \.mayRemove, .int(0...Int(Int32.max)))
        Field("askedBy", \.askedBy, .text(1...64), note: "Who started it; the schedule if null.")
        Field("entries", \.entries, .int(0...Int(Int32.max)), note: "How many entries were read so far.")
        Field("report", \.report)
        Field("error", \.error, .lines(0...1000))
        Field("createdAt", \.createdAt)
        Field("startedAt", \.startedAt)
        Field("finishedAt", \.finishedAt)
    }

    package static let listing = Listing<IdentitySyncRun>(
        key: Column("id", "r.identity_sync_run_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [Column("createdAt", "r.created_at", \.createdAt)])
}

/// What a run did, or would have done.
package struct IdentitySyncReport: Sendable, Equatable {
    /// How many people were known by the provider before.
    package var known = 0
    package var created = IdentitySyncNames()
    package var linked = IdentitySyncNames()
    package var changed = IdentitySyncNames()
    package var enabled = IdentitySyncNames()
    package var disabled = IdentitySyncNames()
    /// Active people whom the provider has no more, whether they are disabled or not.
    package var leavers = IdentitySyncNames()
    /// Whom the provider has and has switched off: nobody of them is taken in, and who is here is a leaver.
    package var inactive = IdentitySyncNames()
    package var refused: [IdentitySyncRefusals] = []
    package var roleChanges = 0
    package var groupChanges = 0
    /// How many were placed in an organization by a rule, or went back.
    package var placeChanges = 0
    /// Roles, groups and places that rules still give, and that people of the directory have no more by it.
    package var removals = 0
    /// More would be disabled, or taken away, than a run may without asking.
    package var needsConfirmation = false
    /// Nil for a run that took no groups in.
    package var groups: IdentitySyncGroups?
}

extension IdentitySyncReport: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("known", \.known, .int(0...Int(Int32.max)))
        Field("created", \.created)
        Field("linked", \.linked)
        Field("changed", \.changed)
        Field("enabled", \.enabled)
        Field("disabled", \.disabled)
        Field("leavers", \.leavers)
        Field("inactive", \.inactive, IdentitySyncNames.schema.otherwise(IdentitySyncNames()))
        Field("refused", \.refused, count: 0...20)
        Field("roleChanges", \.roleChanges, .int(0...Int(Int32.max)))
        Field("groupChanges", \.groupChanges, .int(0...Int(Int32.max)))
        Field("placeChanges", \.placeChanges, Schema<Int>.int(0...Int(Int32.max)).otherwise(0))
        Field("removals", \.removals, Schema<Int>.int(0...Int(Int32.max)).otherwise(0))
        Field("needsConfirmation", \.needsConfirmation)
        Field("groups", \.groups, note: "Nothing, if no groups are taken in.")
    }
}

/// How many, and the first hundred of them.
package struct IdentitySyncNames: Sendable, Equatable {
    package static let most = 100

    package private(set) var count: Int
    package private(set) var names: [String]

    package init() { (count, names) = (0, []) }

    private init(count: Int, names: [String]) {
        self.count = count
        self.names = names
    }

    init(_ names: some Collection<String>) {
        self.init(count: names.count, names: Array(names.sorted().prefix(Self.most)))
    }

    /// So many, of whom the first are known.
    init(first names: [String], of count: Int) {
        self.init(count: count, names: names.prefix(Self.most).map(Self.line))
    }

    /// Adds what a directory calls somebody.
    mutating func add(_ name: String) {
        count += 1
        if names.count < Self.most { names.append(Self.line(name)) }
    }

    /// What a directory calls somebody, as one line.
    private static func line(_ name: String) -> String {
        let line = AdmitSubject.line(name) ?? ""
        return line.allSatisfy(\.isWhitespace) ? "?" : line
    }
}

extension IdentitySyncNames: WireValue {
    package static let schema: Schema<Self> = .record(Self.init(count:names:)) {
        Field("count", \.count, .int(0...Int(Int32.max)))
        Field("names", \.names, .array(of: .text(1...500), 0...Self.most))
    }
}

/// People, or groups, that were passed over for one reason.
package struct IdentitySyncRefusals: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable, WireValue, SQLDecodable {
        /// The entry has no single subject.
        case noSubject = "no-subject"
        /// The entry's login is none here.
        case unusableLogin = "unusable-login"
        /// Two entries have the login or the subject.
        case ambiguous
        case noAccount = "no-account"
        case otherPerson = "other-person"
        case notLinked = "not-linked"
        case disabled
        case overQuota = "over-quota"
        case lastAdministrator = "last-administrator"
        /// A group has no name, or none that can be one here.
        case unusableName = "unusable-name"
        /// Another group here is called so.
        case nameTaken = "name-taken"
        /// Another entry has their `uid`: no group of Unix that names it has them.
        case sharedAccount = "shared-account"
    }

    package let reason: Reason
    package let people: IdentitySyncNames
}

extension IdentitySyncRefusals: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason)
        Field("people", \.people)
    }
}
