/// A text for one number, cut into as many short messages as it takes.
package struct CMPPMessage: Sendable, Equatable {
    /// So many short messages are sent for one text.
    package static let mostParts = 4
    static let mostUnits = 70
    /// Room beside the six bytes that say which part of which text it is.
    static let unitsOfPart = 67

    let number: String
    let parts: [Part]

    struct Part: Sendable, Equatable {
        let format: UInt8
        let content: [UInt8]
        let hasHeader: Bool
    }

    /// `number` as digits with the country, without a sign before it; one of mainland China goes without its 86, as
    /// operators there have it. `reference` tells the parts of a long text from those of another. Nil if it does not fit.
    package init?(_ text: String, to number: String, reference: UInt8) {
        var digits = Substring(number)
        if digits.hasPrefix("+") { digits = digits.dropFirst() }
        if digits.hasPrefix("86"), digits.utf8.count == 13 { digits = digits.dropFirst(2) }
        guard (5...21).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            !text.isEmpty
        else { return nil }
        self.number = String(digits)
        if text.utf8.count <= 140, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A }) {
            parts = [Part(format: 0, content: Array(text.utf8), hasHeader: false)]
            return
        }
        let units = Array(text.utf16)
        guard units.count > Self.mostUnits else {
            parts = [Part(format: 8, content: Self.bytes(units[...]), hasHeader: false)]
            return
        }
        let pieces = Self.pieces(units)
        guard pieces.count <= Self.mostParts else { return nil }
        parts = pieces.enumerated().map { index, piece in
            let header: [UInt8] = [5, 0, 3, reference, UInt8(pieces.count), UInt8(index + 1)]
            return Part(format: 8, content: header + Self.bytes(piece), hasHeader: true)
        }
    }

    /// No piece ends between the halves of one character.
    private static func pieces(_ units: [UInt16]) -> [ArraySlice<UInt16>] {
        var pieces: [ArraySlice<UInt16>] = []
        var start = 0
        while start < units.count {
            var end = min(start + unitsOfPart, units.count)
            if end < units.count, UTF16.isLeadSurrogate(units[end - 1]) { end -= 1 }
            pieces.append(units[start..<end])
            start = end
        }
        return pieces
    }

    private static func bytes(_ units: ArraySlice<UInt16>) -> [UInt8] {
        units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    /// The body of a SUBMIT (§7.4.3): a report about the delivery is asked for, and nothing is charged to whoever gets it.
    func body(of index: Int, from account: CMPPAccount) -> [UInt8] {
        let part = parts[index]
        var body = CMPPBytes.of(UInt64(0))
        body += [UInt8(parts.count), UInt8(index + 1), 1, 0]
        body += CMPPBytes.text(account.service, 10)
        body += [0] + CMPPBytes.text("", 21)
        body += [0, part.hasHeader ? 1 : 0, part.format]
        body += CMPPBytes.text(account.source, 6) + CMPPBytes.text("01", 2) + CMPPBytes.text("000000", 6)
        body += CMPPBytes.text("", 17) + CMPPBytes.text("", 17)
        body += CMPPBytes.text(account.number, 21)
        body += [1] + CMPPBytes.text(number, 21)
        body += [UInt8(part.content.count)] + part.content
        return body + [UInt8](repeating: 0, count: 8)
    }
}

/// What became of a message, as the operator says afterwards.
package struct CMPPReport: Sendable, Hashable {
    package let message: CMPPMessageID
    /// `DELIVRD` if it arrived, else why not: the protocol's words, or the operator's own.
    package let state: String

    package var isDelivered: Bool { state == "DELIVRD" }

    /// A DELIVER that is a report; nil if it is a message that somebody sent.
    static func read(_ body: [UInt8]) throws(CMPPFault) -> CMPPReport? {
        guard body.count >= 73 else { throw .body }
        let length = Int(body[64])
        guard body.count == 73 + length else { throw .body }
        guard body[63] == 1 else { return nil }
        guard length >= 15 else { throw .body }
        return CMPPReport(
            message: CMPPMessageID(number: CMPPBytes.uint64(body, at: 65)), state: CMPPBytes.text(body, at: 73, 7))
    }
}

/// The gateway's number of a message.
package struct CMPPMessageID: Sendable, Hashable {
    package let number: UInt64
}
