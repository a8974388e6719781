/// One event of a `text/event-stream` (HTML standard §9.2).
package struct ServerSentEvent: Sendable, Hashable {
    /// `message` when the stream names none.
    package let type: String
    package let data: String
    /// The last id that the stream gave: what `Last-Event-ID` repeats after a reconnect.
    package let id: String?
}

/// Cuts a stream's bytes into events: a value without input or output of its own. Comments, which servers send as
/// heartbeats, vanish.
package struct ServerSentEventParser: Sendable {
    /// An event is longer than the reader is willing to hold.
    package struct TooLong: Error, Sendable {}

    private let longestEvent: Int
    private var line: [UInt8] = []
    private var endedByCarriageReturn = false
    private var isAtStart = true
    private var type = ""
    private var data: [String] = []
    private var dataBytes = 0
    /// What the stream said last, kept across events.
    package private(set) var lastEventID: String?

    package init(lastEventID: String? = nil, longestEvent: Int = 1 << 20) {
        self.lastEventID = lastEventID
        self.longestEvent = longestEvent
    }

    package mutating func receive(_ bytes: [UInt8]) throws(TooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where endedByCarriageReturn: endedByCarriageReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endedByCarriageReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                endedByCarriageReturn = false
                line.append(byte)
                guard line.count + dataBytes <= longestEvent else { throw TooLong() }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        field(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        return nil
    }

    private mutating func field(_ name: String, _ value: String) {
        switch name {
        case "event": type = value
        case "data":
            data.append(value)
            dataBytes += value.utf8.count + 1
        case "id" where !value.utf8.contains(0): lastEventID = value
        default: break  // a comment, `retry`, or a field of the future
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            type = ""
            data = []
            dataBytes = 0
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: data.joined(separator: "\n"), id: lastEventID)
    }
}
