/// Text that was given so much room, and whether that was enough.
struct Fitted: Sendable, Hashable {
    let text: String
    let isWhole: Bool

    init(_ text: String, isWhole: Bool = true) {
        self.text = text
        self.isWhole = isWhole
    }
}

/// A line about what is asked for.
struct CardLine: Sendable, Hashable {
    let name: String
    let value: Fitted
}
