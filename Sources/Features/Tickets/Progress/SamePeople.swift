package import Kernel

/// Which accounts are of one person, as far as that is known: those that share an address.
package struct SamePeople: Sendable, Equatable {
    /// One account that stands for all of the person's.
    private var heads: [UserID: UserID] = [:]

    package init() {}

    package init(_ addresses: [(user: UserID, address: String)]) {
        var first: [String: UserID] = [:]
        for (user, address) in addresses {
            if let other = first[address] { join(user, other) } else { first[address] = user }
        }
    }

    /// The account that stands for this one's person.
    package func head(of user: UserID) -> UserID {
        var user = user
        while let next = heads[user] { user = next }
        return user
    }

    /// Of each person the account that has their seats, among these: the oldest, so that it is always the same one.
    package func chosen(among users: some Sequence<UserID>) -> Set<UserID> {
        Set(Dictionary(users.map { (head(of: $0), $0) }) { $0.text < $1.text ? $0 : $1 }.values)
    }

    /// One seat of each person who is able, the requester left out with all their accounts.
    package func seats(_ seats: [Seat], of able: Set<UserID>, besides requester: UserID) -> [Seat] {
        let chosen = chosen(among: able)
        var taken: Set<UserID> = [head(of: requester)]
        return seats.filter { chosen.contains($0.user) && taken.insert(head(of: $0.user)).inserted }
    }

    package func areSame(_ one: UserID, _ other: UserID) -> Bool { head(of: one) == head(of: other) }

    private mutating func join(_ one: UserID, _ other: UserID) {
        let (head, top) = (head(of: one), head(of: other))
        if head != top { heads[head] = top }
    }
}
