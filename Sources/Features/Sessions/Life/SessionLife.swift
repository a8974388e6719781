import FoundationEssentials
import GatewayContract

/// What the server knows about the course of a session, and the only ways in which it goes on.
struct SessionLife: Equatable {
    struct Ending: Equatable {
        let at: Date
        let reason: EndReason
        let text: String?
    }

    let createdAt: Date
    var state = SessionState.pending
    var connectedAt: Date?
    var ending: Ending?
    var closedAt: Date?
    var reportSequence = 0
    var counters = Counters.zero

    init(createdAt: Date) {
        self.createdAt = createdAt
    }

    /// Takes a report and tells what it adds. One that is not newer than what came before adds nothing, and so does
    /// any after the worker's last word.
    mutating func report(_ report: SessionReport, at now: Date) -> Counters {
        guard closedAt == nil, report.sequence > reportSequence else { return .zero }
        reportSequence = report.sequence
        if report.state == .live { connect(at: now) }
        return count(report.counters, at: now)
    }

    /// The asset let the account in. It may be told after a report that already said so, with the better time.
    mutating func connect(at time: Date) {
        if state == .pending { state = .live }
        connectedAt = connectedAt.map { min($0, time) } ?? time
    }

    /// Ends the session, unless it has ended: the first reason stays.
    @discardableResult
    mutating func end(_ reason: EndReason, text: String?, at time: Date) -> Bool {
        guard state != .ended else { return false }
        state = .ended
        ending = Ending(at: time, reason: reason, text: text)
        return true
    }

    /// Takes the worker's last word, and tells what it adds to the count. Nil if it was said before.
    mutating func close(_ end: SessionEnd, at now: Date) -> Counters? {
        guard closedAt == nil else { return nil }
        let added = count(end.counters, at: now)
        self.end(end.reason, text: end.text, at: now)
        closedAt = now
        return added
    }

    /// A worker counts, but time it cannot make up.
    private mutating func count(_ reported: Counters, at now: Date) -> Counters {
        let longest = max(0, Int(now.timeIntervalSince(createdAt)) + 5)
        let before = counters
        counters = counters.advanced(
            to: Counters(
                seconds: min(reported.seconds, longest), bytesIn: reported.bytesIn, bytesOut: reported.bytesOut,
                recordedBytes: reported.recordedBytes, commands: reported.commands))
        return counters.subtracting(before)
    }
}

extension Counters {
    fileprivate func subtracting(_ other: Counters) -> Counters {
        Counters(
            seconds: seconds - other.seconds, bytesIn: bytesIn - other.bytesIn, bytesOut: bytesOut - other.bytesOut,
            recordedBytes: recordedBytes - other.recordedBytes, commands: commands - other.commands)
    }
}
