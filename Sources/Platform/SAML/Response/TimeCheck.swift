import FoundationEssentials

/// Compares a message's times with ours, which may differ a little.
struct TimeCheck {
    /// How old a message may be, whatever it says itself: this bounds what has to be remembered against replays.
    static let longest: TimeInterval = 3600

    let now: Date
    /// How far clocks may be apart.
    let skew: TimeInterval

    init(_ now: Date, skew: TimeInterval) {
        self.now = now
        self.skew = skew
    }

    @discardableResult func isBefore(_ end: String) throws(SAMLError) -> Date {
        let date = try Self.date(end)
        guard now < date + skew else { throw .expired }
        return date
    }

    func isNotBefore(_ start: String) throws(SAMLError) {
        guard now >= (try Self.date(start)) - skew else { throw .notYetValid }
    }

    @discardableResult func isRecent(_ start: String) throws(SAMLError) -> Date {
        try isNotBefore(start)
        let date = try Self.date(start)
        guard now < date + Self.longest else { throw .expired }
        return date
    }

    private static func date(_ text: String) throws(SAMLError) -> Date {
        guard let date = SAMLInstant.date(text) else { throw .time }
        return date
    }
}
