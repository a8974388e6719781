import Kernel
import Postgres

/// Who is here by a provider, and who of them is there, in a few bytes for each: enough to tell for whom there is nothing
/// to do. What is compared are hashes, with a seed that nobody knows.
struct Presence {
    private struct Person {
        var name: UInt32 = 0
        var email: UInt32 = 0
        var place: UInt32 = 0
        var isKnown = false
        var isActive = false
        /// The provider vouches for them, and never missed them.
        var isFollowed = false
        var isBoundByThemself = false
        var isSeen = false
    }

    enum Sight { case settled, unsettled, seenBefore }

    private var people: [Int: Person] = [:]
    /// How many people were known by the provider before.
    private(set) var known = 0
    /// Active people who are known and were not seen so far.
    private(set) var missing = 0

    /// Nil if all is kept that is read.
    init?(_ scale: ReadDirectory.Scale, _ staging: IdentitySyncStaging) async throws {
        guard case .unsettled(let provider) = scale else { return nil }
        var presence = Presence()
        try await staging.database.transaction(in: staging.scope) { tx in
            try await staging.forEachLinked(of: provider, tx) { presence.know($0) }
        }
        self = presence
    }

    private init() {}

    private mutating func know(_ linked: IdentitySyncStaging.Linked) {
        people[linked.subject.hashValue] = Person(
            name: Self.short(linked.name), email: Self.short(linked.email),
            place: Self.short(Self.place(linked.dn, linked.manager)), isKnown: true, isActive: linked.isActive,
            isFollowed: !linked.hasLeft && !linked.isBoundByThemself, isBoundByThemself: linked.isBoundByThemself)
        guard !linked.isBoundByThemself else { return }
        known += 1
        if linked.isActive { missing += 1 }
    }

    /// Whether there is something to do for somebody whom the provider has.
    mutating func see(_ entry: IdentitySyncStaging.Person) -> Sight {
        let key = entry.subject.hashValue
        var person = people[key] ?? Person()
        guard !person.isSeen else { return .seenBefore }
        person.isSeen = true
        people[key] = person
        if person.isBoundByThemself { return .settled }
        if person.isKnown, person.isActive { missing -= 1 }
        let isSame =
            entry.name.map { Self.short($0) == person.name } != false
            && entry.email.map { Self.short($0) == person.email } != false
            && Self.short(Self.place(entry.dn, entry.manager)) == person.place
        return person.isFollowed && isSame ? .settled : .unsettled
    }

    func hasSeen(_ subject: String) -> Bool { people[subject.hashValue]?.isSeen == true }

    /// Where somebody stands, and where the one to whom they report.
    private static func place(_ dn: String?, _ manager: String?) -> String? { dn.map { "\($0)\n\(manager ?? "")" } }

    private static func short(_ text: String?) -> UInt32 { UInt32(truncatingIfNeeded: text.hashValue) }
}
