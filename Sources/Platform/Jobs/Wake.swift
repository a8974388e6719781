/// Calls a loop to work: many calls while it works count as one.
final class Wake: Sendable {
    let calls: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (calls, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        call()
    }

    func call() {
        continuation.yield(())
    }

    /// Ends the loop after the work at hand.
    func stop() {
        continuation.finish()
    }

    /// Calls for every notification; returns only when cancelled, because a closed database is not a reason to stop.
    func follow(_ notifications: AsyncStream<String>) async {
        for await _ in notifications { call() }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    }

    func tick(every interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            call()
        }
    }
}
