/// Keeps the tests that have a database few, so that each runs as fast as it should: hundreds begin at once.
///
/// A slot is free again when its database goes away, or after a while: a suite may keep one database for all its tests,
/// and a test may hold one and want another.
actor DatabaseSlots {
    static let shared = DatabaseSlots()

    private static let count = 8
    private static let patience = Duration.seconds(15)
    private var taken: [Int: ContinuousClock.Instant] = [:]
    private var last = 0

    func take() async -> Int {
        while true {
            let now = ContinuousClock.now
            taken = taken.filter { now - $0.value < Self.patience }
            if taken.count < Self.count { break }
            try? await Task.sleep(for: .milliseconds(25))
        }
        last += 1
        taken[last] = .now
        return last
    }

    func give(_ slot: Int) {
        taken[slot] = nil
    }
}
