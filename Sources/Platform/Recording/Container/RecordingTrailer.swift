package import Cryptography
import Kernel

/// The last frame's contents: what the recording as a whole is.
package struct RecordingTrailer: Sendable, Equatable {
    package let ended: RecordingInstant
    package let reason: String
    /// The number of event frames: the leaves under `root`.
    package let frames: UInt64
    /// Bytes that the user sent and that lie here in clear (`i`, `k`); sealed input is not counted.
    package let input: UInt64
    /// Bytes that the target sent (`o`, `e`, `d`).
    package let output: UInt64
    package let root: Hash256

    var bytes: [UInt8] {
        let json: JSON = [
            "ended": .string(ended.text), "reason": .string(reason), "frames": .int(Int64(frames)),
            "input": .int(Int64(input)), "output": .int(Int64(output)), "root": .string(root.text),
        ]
        return (try? CanonicalJSON.bytes(json)) ?? []
    }

    init(ended: RecordingInstant, reason: String, frames: UInt64, input: UInt64, output: UInt64, root: Hash256) {
        self.ended = ended
        self.reason = reason
        self.frames = frames
        self.input = input
        self.output = output
        self.root = root
    }

    init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes), case .object(let members) = json, members.count == 6,
            let ended = json["ended"]?.text.flatMap(RecordingInstant.init), let reason = json["reason"]?.text,
            case .int(let frames)? = json["frames"], case .int(let input)? = json["input"],
            case .int(let output)? = json["output"], let root = json["root"]?.text.flatMap(Hash256.init),
            frames >= 0, input >= 0, output >= 0
        else { return nil }
        self.init(
            ended: ended, reason: reason, frames: UInt64(frames), input: UInt64(input), output: UInt64(output),
            root: root)
    }
}
