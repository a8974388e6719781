package import GatewayContract
package import Kernel
import Recording

/// What to look for in a recording.
package struct SearchQuestion: WireValue, Equatable {
    package let words: String

    package init(words: String) {
        self.words = words
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("q", \.words, .text(1...200))
    }
}

/// A place in a recording where the words were shown.
package struct SearchHit: WireValue, Equatable {
    package let t: Double
    package let text: String

    package init(t: Double, text: String) {
        self.t = t
        self.text = text
    }

    init(_ line: TextLine) {
        self.init(t: Double(line.time) / 1_000_000, text: line.text)
    }

    package static let schema: Schema<Self> = .record(Self.init(t:text:)) {
        Field("t", \.t, .seconds, note: "Seconds since the recording started.")
        Field("text", \.text, .lines(0...4096))
    }
}

extension Schema where Value == Double {
    /// A time in a recording.
    fileprivate static var seconds: Schema<Double> {
        Schema(
            shape: .scalar(["type": "number", "minimum": 0]),
            read: { json, reading in
                switch json {
                case .double(let value): return value
                case .int(let value): return Double(value)
                default:
                    reading.fail("must be a number")
                    return nil
                }
            },
            write: { $1.double($0) })
    }
}

/// Where the words were shown.
package struct SearchHits: WireValue, Equatable {
    package static let most = 500

    package let items: [SearchHit]

    package init(items: [SearchHit]) {
        self.items = items
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...most)
    }
}

/// Why somebody needs the key of a recording.
package struct KeyReason: WireValue, Equatable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.text, .text(1...500))
    }
}

/// The key of one recording.
package struct RecordingKeyAnswer: WireValue {
    package let key: Bytes

    package init(key: Bytes) {
        self.key = key
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, Bytes.schema(32...32), note: "For `gatehouse verify --key`.")
    }
}
