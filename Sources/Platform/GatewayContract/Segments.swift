package import Kernel

/// How far a recording is stored.
package struct SegmentStored: WireValue, Equatable {
    package let nextSequence: Int
    package let chain: Bytes

    package init(nextSequence: Int, chain: Bytes) {
        self.nextSequence = nextSequence
        self.chain = chain
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("nextSequence", \.nextSequence, .int(1...Counters.most), note: "The frame that is expected next.")
        Field("chain", \.chain, Bytes.schema(32...32), note: "The chain value after the last stored frame.")
    }
}
