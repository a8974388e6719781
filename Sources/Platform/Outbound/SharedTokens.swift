package import FoundationEssentials
package import Kernel

/// A token by which an app, and not a person, is known to a service, and for how long it is used.
package struct AppToken: Sendable, Equatable {
    package let text: String
    package let seconds: TimeInterval

    /// A little is left of it when it is given up: clocks differ, and what it is used for takes its time. Nil if it is
    /// none that ends within a day.
    package init?(_ text: String, lasting: JSON?) {
        guard case .int(let seconds)? = lasting, 1...86_400 ~= seconds, 1...8192 ~= text.utf8.count else { return nil }
        self.text = text
        self.seconds = max(TimeInterval(seconds) - 300, TimeInterval(seconds) / 2)
    }
}

/// Tokens of apps: each is had once and used for as long as it is good, however many come in at a time. Services slow
/// those down who ask more often. `Place` says whose it is: another secret, or another address, is another place.
package actor SharedTokens<Place: Hashable & Sendable> {
    /// Nil if whoever asked gave up: that says nothing to those who wait.
    private typealias Outcome = Result<String, any Error>?
    private static var most: Int { 5000 }

    private var tokens: [Place: (text: String, until: Date)] = [:]
    private var waiting: [Place: [AsyncStream<Outcome>.Continuation]] = [:]

    package init() {}

    /// The token of an app; `stale` is one that the service has just refused. Who comes while it is asked for waits, and
    /// gets what comes of that, or gives up when it is cancelled.
    package func token(
        of place: Place, unless stale: String? = nil, at now: Date, _ fetch: @Sendable () async throws -> AppToken
    ) async throws -> String {
        while true {
            if let kept = tokens[place], now < kept.until, kept.text != stale { return kept.text }
            guard waiting[place] != nil else { break }
            let (outcomes, bell) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingNewest(1))
            waiting[place]?.append(bell)
            if case .some(.some(let outcome)) = await outcomes.first(where: { _ in true }) { return try outcome.get() }
            try Task.checkCancellation()
        }
        waiting[place] = []
        let outcome: Result<String, any Error>
        do {
            let token = try await fetch()
            if tokens.count >= Self.most { tokens.removeAll(keepingCapacity: true) }
            tokens[place] = (token.text, now + token.seconds)
            outcome = .success(token.text)
        } catch {
            for one in waiting.removeValue(forKey: place) ?? [] {
                one.yield(Task.isCancelled ? nil : .failure(error))
                one.finish()
            }
            throw error
        }
        for one in waiting.removeValue(forKey: place) ?? [] {
            one.yield(outcome)
            one.finish()
        }
        return try outcome.get()
    }
}
