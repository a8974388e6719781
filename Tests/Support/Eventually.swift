/// Something that a test waited for did not happen.
package struct DidNotHappen: Error, CustomStringConvertible {
    package let description: String
}

/// Asks again and again until the answer is yes; throws after the time is up.
package func eventually(
    _ what: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(10),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw DidNotHappen(description: "\(what) within \(limit)") }
        try await Task.sleep(for: pause)
    }
}
