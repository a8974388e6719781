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

    package func areSame(_ one: UserID, _ other: UserID) -> Bool { head(of: one) == head(of: other) }

    private mutating func join(_ one: UserID, _ other: UserID) {
        let (head, top) = (head(of: one), head(of: other))
        if head != top { heads[head] = top }
    }
}
