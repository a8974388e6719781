package import Kernel

/// What a worker needs to finish a recording that a crash left behind: the key is not on its disk.
package struct RecordingResumption: WireValue, Equatable {
    package let session: SessionID
    package let sealedKey: Bytes
    package let nextSequence: Int
    package let isComplete: Bool

    package init(session: SessionID, sealedKey: Bytes, nextSequence: Int, isComplete: Bool) {
        self.session = session
        self.sealedKey = sealedKey
        self.nextSequence = nextSequence
        self.isComplete = isComplete
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("sealedKey", \.sealedKey, Bytes.schema(49...256), note: "The recording key, HPKE to this worker.")
        Field("nextSequence", \.nextSequence, .int(1...Counters.most), note: "The frame that is expected next.")
        Field("isComplete", \.isComplete, note: "The trailer is stored: there is nothing left to send.")
    }
}
