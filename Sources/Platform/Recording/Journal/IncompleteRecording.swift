import Cryptography

/// Finishes a recording from its stored frames when the host of its worker never returns.
package enum IncompleteRecording {
    /// The bytes to store after what is there, and the state after them; nil if the recording is complete.
    ///
    /// Only for a worker that is given up: frames that it still had would have the numbers that are used here.
    package static func tail(
        of source: any RecordingSource, key: RecordingKey, reason: String = RecordingEnd.workerLost.reason
    ) throws(RecordingError) -> (bytes: [UInt8], state: ChainState)? {
        var walk = try ContainerWalk(source)
        let header = walk.header
        var decoder = FrameDecoder(key: key, header: header)
        var before = walk.state
        while let frame = try walk.next() {
            do { _ = try decoder.decode(frame, after: before) } catch { throw .damaged(error) }
            before = walk.state
        }
        guard !before.isComplete else { return nil }
        var tally = decoder.tally
        var state = before
        var bytes: [UInt8] = []
        let cipher = FrameCipher(key: key)
        func put(_ contents: FrameCipher.Contents) throws(RecordingError) {
            let frame = try cipher.seal(contents, after: state.chain)
            if contents.type == .events { tally.place(frame.header, at: state.offset, snapshot: false) }
            state.append(frame)
            bytes += frame.bytes
        }
        if tally.end == nil, !state.hasIndex {
            var batch = Batch(sequence: state.nextSequence, after: state.lastTime)
            batch.append(
                RecordingEvent(time: state.lastTime, kind: .end, data: RecordingEnd(reason: reason).bytes))
            tally.add(batch.tally)
            try put(batch.contents)
        }
        for type in state.hasIndex ? [FrameType.trailer] : [.index, .trailer] {
            let plain =
                type == .index
                ? IndexEntry.bytes(of: tally.index) : tally.trailer(started: header.started, state: state).bytes
            try put(
                FrameCipher.Contents(
                    type: type, sequence: state.nextSequence, from: state.lastTime, to: state.lastTime, events: 0,
                    plain: plain))
        }
        return (bytes, state)
    }
}
