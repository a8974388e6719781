/// Calls a loop to work: many calls while it works count as one, and the first one is there from the beginning.
package final class Wake: Sendable {
    package let calls: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (calls, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        call()
    }

    package func call() {
        continuation.yield(())
    }

    /// Ends the loop after the work at hand.
    package func stop() {
        continuation.finish()
    }

    /// Calls for every notification; returns only when cancelled, because a closed database is not a reason to stop.
    package func follow(_ notifications: AsyncStream<String>) async {
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
