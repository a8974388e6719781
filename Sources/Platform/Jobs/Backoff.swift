/// How long a failed job rests before the next try.
package struct Backoff: Sendable {
    let first: Duration
    let longest: Duration

    /// Doubles from `first` up to `longest`, give or take a fifth, so that what failed together does not return together.
    package init(first: Duration = .seconds(2), longest: Duration = .seconds(3600)) {
        self.first = first
        self.longest = longest
    }

    /// How long after so many tries.
    package func delay(after attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        let doubled = min(first * (1 << min(max(attempt - 1, 0), 30)), longest)
        return doubled * Double.random(in: 0.8...1.2, using: &random)
    }
}
