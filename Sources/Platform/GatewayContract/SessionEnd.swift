package import Kernel

/// A session is over.
package struct SessionEnd: WireValue, Equatable {
    package let sequence: Int
    package let reason: EndReason
    package let text: String?
    package let exitStatus: Int?
    package let counters: Counters
    package let chain: Bytes?

    package init(
        sequence: Int, reason: EndReason, text: String? = nil, exitStatus: Int? = nil, counters: Counters,
        chain: Bytes? = nil
    ) {
        self.sequence = sequence
        self.reason = reason
        self.text = text
        self.exitStatus = exitStatus
        self.counters = counters
        self.chain = chain
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sequence", \.sequence, .int(1...Counters.most))
        Field("reason", \.reason)
        Field("text", \.text, .lines(0...1024))
        Field("exitStatus", \.exitStatus, .int(0...Int(UInt32.max)))
        Field("counters", \.counters)
        Field("chain", \.chain, Bytes.schema(32...32), note: "The last chain value of the recording.")
    }
}
