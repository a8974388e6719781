/// Growing pauses between attempts, with a random part so that many workers do not come back at the same moment.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var current: Duration

    package init(first: Duration = .milliseconds(500), longest: Duration = .seconds(30)) {
        self.first = first
        self.longest = longest
        current = first
    }

    /// The next pause: between a half and all of a length that doubles.
    package mutating func next() -> Duration {
        defer { current = min(current * 2, longest) }
        return current * Double.random(in: 0.5...1)
    }

    package mutating func reset() {
        current = first
    }
}
