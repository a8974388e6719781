/// Who is being served and who waits, by the line that each stands in. Pure: the time is passed in.
///
/// A line that is alone may have all places. As soon as somebody else comes, and for a second after, it may have a few
/// only, so that the next one finds something free; and what waits is served in turns, a request of each line.
struct AdmissionBook<Line: Hashable, Ticket> {
    private struct Lane {
        var running = 0
        var waiting: [Ticket] = []
        var seenAt: ContinuousClock.Instant
    }

    enum Verdict: Equatable { case goes, waits, refused }

    private let places: Int
    private let placesBesideOthers: Int
    private var lanes: [Line: Lane] = [:]
    /// Lines in which somebody waits, the next one first.
    private var order: [Line] = []
    private var total = 0
    private var prunedAt: ContinuousClock.Instant?
    private var lastEntry: ContinuousClock.Instant?
    private var lastRefusal: ContinuousClock.Instant?

    private static var memory: Duration { .seconds(1) }

    init(places: Int, placesBesideOthers: Int) {
        self.places = max(1, places)
        self.placesBesideOthers = max(1, placesBesideOthers)
    }

    /// Whether somebody has come within the last second.
    func isInUse(at now: ContinuousClock.Instant) -> Bool { isRecent(lastEntry, at: now) }

    /// Whether somebody has been turned away within the last second.
    func isOverrun(at now: ContinuousClock.Instant) -> Bool { isRecent(lastRefusal, at: now) }

    private func isRecent(_ moment: ContinuousClock.Instant?, at now: ContinuousClock.Instant) -> Bool {
        moment.map { $0.advanced(by: Self.memory) > now } ?? false
    }

    /// Whether somebody who comes to this line is taken, if only to wait. Who is not has been turned away.
    mutating func hasRoom(in line: Line, mostWaiting: Int, at now: ContinuousClock.Instant) -> Bool {
        if waiting(in: line) < mostWaiting { return true }
        lastRefusal = now
        return false
    }

    func running(in line: Line) -> Int { lanes[line]?.running ?? 0 }
    func waiting(in line: Line) -> Int { lanes[line]?.waiting.count ?? 0 }

    /// Somebody comes. A ticket that has to wait is kept until `leave` gives it back; none waits behind `mostWaiting`.
    mutating func enter(
        _ line: Line, mostWaiting: Int, at now: ContinuousClock.Instant, _ ticket: () -> Ticket
    ) -> Verdict {
        lanes[line, default: Lane(seenAt: now)].seenAt = now
        lastEntry = now
        if waiting(in: line) == 0, hasPlace(for: line, at: now) {
            start(line)
            return .goes
        }
        guard hasRoom(in: line, mostWaiting: mostWaiting, at: now) else { return .refused }
        if waiting(in: line) == 0 { order.append(line) }
        lanes[line]?.waiting.append(ticket())
        return .waits
    }

    /// Somebody has been served. Returns the tickets of those whose turn it is now.
    mutating func leave(_ line: Line, at now: ContinuousClock.Instant) -> [Ticket] {
        total -= 1
        lanes[line]?.running -= 1
        var called: [Ticket] = []
        while total < places, let index = order.firstIndex(where: { hasPlace(for: $0, at: now) }) {
            let next = order.remove(at: index)
            guard let ticket = lanes[next]?.waiting.first else { continue }
            lanes[next]?.waiting.removeFirst()
            start(next)
            called.append(ticket)
            if waiting(in: next) > 0 { order.append(next) }
        }
        prune(at: now)
        return called
    }

    /// Forgets, once in a while, lines that nobody stands in.
    private mutating func prune(at now: ContinuousClock.Instant) {
        if let prunedAt, prunedAt.advanced(by: Self.memory) > now { return }
        prunedAt = now
        lanes = lanes.filter { _, lane in
            lane.running > 0 || !lane.waiting.isEmpty || lane.seenAt.advanced(by: Self.memory) > now
        }
    }

    private func hasPlace(for line: Line, at now: ContinuousClock.Instant) -> Bool {
        let running = running(in: line)
        guard total < places, running < places else { return false }
        return running < placesBesideOthers || isAlone(line, at: now)
    }

    private func isAlone(_ line: Line, at now: ContinuousClock.Instant) -> Bool {
        !lanes.contains { other, lane in
            other != line && (lane.running > 0 || lane.seenAt.advanced(by: Self.memory) > now)
        }
    }

    private mutating func start(_ line: Line) {
        lanes[line]?.running += 1
        total += 1
    }
}
