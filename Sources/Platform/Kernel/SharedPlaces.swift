/// Places that companies share who know nothing of each other, such as those of people who wait at one machine. Pure.
///
/// No company has more than so many. The last ones are a reserve: only a company that has few so far is given one of them, so
/// that no two or three that have what they may take keep another one from its first.
package struct SharedPlaces: Sendable, Equatable {
    /// How many there are.
    package let all: Int
    /// How many of them one company may have.
    package let ofOne: Int

    package init(all: Int, ofOne: Int) {
        self.all = all
        self.ofOne = ofOne
    }

    /// The last ones.
    package var reserve: Int { all / 5 }

    /// So many of them are one company's fair share.
    package var few: Int { max(1, all / 250) }

    /// Whether a company that has `own` is given one more of the places, of which `taken` are somebody's.
    package func hasRoom(forOneWith own: Int, taken: Int) -> Bool {
        guard own < ofOne, taken < all else { return false }
        return own < few || taken < all - reserve
    }
}
