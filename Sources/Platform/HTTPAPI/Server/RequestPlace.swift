import Observability

/// The place of a request among those that are worked on at once. Whoever waits for a person's word gives it back meanwhile, so
/// that thousands may wait and nobody else is refused for that.
package struct RequestPlace: Sendable {
    @TaskLocal static var current: RequestPlace?

    let working: Gauge
    let waiting: Gauge

    /// Does what a request waits for, without its place, which it gives back once. What is worked on in there has to have a
    /// limit of its own.
    package static func lent<Result>(_ work: () async throws -> Result) async rethrows -> Result {
        guard let current else { return try await work() }
        current.working.add(-1)
        current.waiting.add(1)
        defer {
            current.waiting.add(-1)
            current.working.add(1)
        }
        return try await $current.withValue(nil) { try await work() }
    }
}
