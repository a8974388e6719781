import Synchronization

/// Says what takes time: a line when something begins, and how long it took if that was more than a second.
final class Progress: Sendable {
    private let start = ContinuousClock.now
    private let isQuiet: Bool

    init(isQuiet: Bool = false) {
        self.isQuiet = isQuiet
    }

    func step<Value: Sendable>(_ text: String, _ body: () async throws -> Value) async rethrows -> Value {
        say(text)
        let begin = ContinuousClock.now
        let value = try await body()
        let took = ContinuousClock.now - begin
        if took > .seconds(1) { say("  done in \(Self.seconds(took)) s") }
        return value
    }

    func say(_ text: String) {
        guard !isQuiet else { return }
        let seconds = Self.seconds(.now - start)
        Console.note("[\(String(repeating: " ", count: max(0, 5 - seconds.count)))\(seconds) s] \(text)")
    }

    var elapsed: String { Self.seconds(.now - start) }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = Int(duration / .milliseconds(100))
        return "\(tenths / 10).\(tenths % 10)"
    }
}
