import Kernel
import Outbound
import UnixSignals

/// Waits until somebody agrees to a sign-in, or has it taken back by Ctrl-C.
struct AwaitReview {
    let client: APIClient
    let attempt: String

    private enum End: Sendable {
        case answered(Result<JSON, any Error>)
        case interrupted
    }

    func callAsFunction(_ problem: JSON) async -> Result<JSON, any Error> {
        Console.note(Self.words(problem))
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let end = await withTaskGroup(of: End?.self) { group in
            group.addTask { .answered(await answer()) }
            group.addTask {
                for await _ in signals { return .interrupted }
                return nil
            }
            var end: End?
            while end == nil, let next = await group.next() { end = next }
            group.cancelAll()
            return end
        }
        if case .answered(let answer) = end { return answer }
        do {
            try await client.post("/auth/cli/review/give-up", ["attempt": .string(attempt)])
            return .failure(CommandFailure("Taken back: nobody is asked about this sign-in any more."))
        } catch {
            return .failure(
                CommandFailure("You wait no longer, but this could not be told: the question ends by itself."))
        }
    }

    /// Who is asked, and until when.
    static func words(_ problem: JSON) -> String {
        let asked = problem.list("asked").compactMap(\.text).map(\.oneLine)
        let names = asked.prefix(5).joined(separator: ", ") + (asked.count > 5 ? " and \(asked.count - 5) more" : "")
        let who = asked.isEmpty ? "Somebody" : names
        let until = problem.text("until")
        return """
            \(who) \(asked.count > 1 ? "are" : "is") asked to agree to this sign-in\
            \(until.isEmpty ? "" : ", until \(SpokenTime.local(until))"). Waiting; Ctrl-C takes it back.
            """
    }

    /// The server answers when there is news, and after half a minute at the latest; then it is asked again, and never more
    /// than once in two seconds.
    private func answer() async -> Result<JSON, any Error> {
        var failures = 0
        while true {
            let start = ContinuousClock.now
            do {
                return .success(try await client.post("/auth/cli/review", ["attempt": .string(attempt)]))
            } catch let failure as APIFailure {
                switch Self.meaning(of: failure) {
                case .waits: failures = 0
                case .busy: failures = 1
                case .over(let error): return .failure(error)
                }
            } catch {
                // A line that is gone for a moment ends nothing.
                failures += 1
                if failures > Self.mostFailures { return .failure(error) }
            }
            do {
                let pause = Duration.seconds(failures == 0 ? 2 : min(5 * failures, 30))
                try await Task.sleep(until: start + pause, clock: .continuous)
            } catch {
                return .failure(error)
            }
        }
    }

    private static let mostFailures = 10

    enum Meaning {
        case waits
        /// Not now, and later perhaps.
        case busy
        case over(any Error)
    }

    static func meaning(of failure: APIFailure) -> Meaning {
        switch (failure.kind, failure.status) {
        case ("sign-in-waits", _): .waits
        case (_, 429), (_, 502...504): .busy
        case ("sign-in-rejected", _):
            .over(CommandFailure("Nobody agreed to this sign-in: it was turned down, or nobody answered in time."))
        case ("sign-in-expired", _):
            .over(
                CommandFailure(
                    "This sign-in is over: nobody answered in time, or it was ended meanwhile. Begin again with: gatehouse login"
                ))
        default: .over(failure)
        }
    }
}
