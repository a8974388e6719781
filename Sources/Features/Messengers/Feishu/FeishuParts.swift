/// Messages that come in several frames, until they are whole. What a vendor may begin and not end is bounded, and forgotten.
struct FeishuParts: Sendable {
    static let mostParts = 64
    static let mostMessages = 16
    static let mostBytes = 256 << 10
    static let patience: Duration = .seconds(5)

    struct Fault: Error, Equatable {}

    private struct Begun {
        var parts: [[UInt8]?]
        let since: ContinuousClock.Instant
    }

    private var begun: [String: Begun] = [:]

    var bytes: Int { begun.values.reduce(0) { $0 + $1.parts.reduce(0) { $0 + ($1?.count ?? 0) } } }

    /// The whole message, if this was what was missing of it.
    mutating func add(
        _ payload: [UInt8], _ number: Int, of count: Int, to message: String, at now: ContinuousClock.Instant
    ) throws(Fault) -> [UInt8]? {
        guard 1...Self.mostParts ~= count, 0..<count ~= number, 1...200 ~= message.utf8.count else { throw Fault() }
        guard count > 1 else { return payload }
        begun = begun.filter { now - $0.value.since < Self.patience }
        var known = begun[message] ?? Begun(parts: Array(repeating: nil, count: count), since: now)
        guard known.parts.count == count, begun[message] != nil || begun.count < Self.mostMessages else {
            throw Fault()
        }
        known.parts[number] = payload
        begun[message] = known
        guard bytes <= Self.mostBytes else { throw Fault() }
        guard known.parts.allSatisfy({ $0 != nil }) else { return nil }
        begun[message] = nil
        return known.parts.flatMap { $0 ?? [] }
    }
}
