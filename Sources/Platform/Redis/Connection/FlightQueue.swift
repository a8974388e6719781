/// What has been sent and not been answered, in order: replies carry no names.
struct FlightQueue {
    struct Flight {
        /// `nil` for a command of the greeting.
        let call: RedisCall?
        let sentAt: ContinuousClock.Instant
    }

    private var flights: [Flight?] = []
    private var start = 0

    var count: Int { flights.count - start }
    var first: Flight? { start < flights.count ? flights[start] : nil }

    mutating func append(_ flight: Flight) {
        flights.append(flight)
    }

    mutating func removeFirst() -> Flight? {
        guard start < flights.count, let flight = flights[start] else { return nil }
        flights[start] = nil
        start += 1
        if start * 2 > flights.count {
            flights.removeFirst(start)
            start = 0
        }
        return flight
    }

    mutating func removeAll() -> [Flight] {
        defer { self = FlightQueue() }
        return flights[start...].compactMap(\.self)
    }

    /// Ends the calls that nobody should wait for any longer; they keep their place. Returns the next deadline.
    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var next: ContinuousClock.Instant?
        for case let call? in flights[start...].lazy.map({ $0?.call }) where !call.isOver {
            if call.deadline <= now {
                call.finish(.failure(.timedOut))
            } else {
                next = min(next ?? call.deadline, call.deadline)
            }
        }
        return next
    }
}
