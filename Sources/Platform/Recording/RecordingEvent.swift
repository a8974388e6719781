/// Something that happened in a session.
package struct RecordingEvent: Sendable, Equatable {
    /// What it is; the raw value is the letter in the file.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// `o`: bytes from the target to the screen.
        case output = 0x6F
        /// `e`: bytes from the target's standard error.
        case standardError = 0x65
        /// `i`: bytes from the user.
        case input = 0x69
        /// `r`: "columns rows".
        case resize = 0x72
        /// `c`: canonical JSON with line, verdict, rule, confidence.
        case command = 0x63
        /// `f`: canonical JSON.
        case file = 0x66
        /// `q`: canonical JSON with text, rows, outcome.
        case statement = 0x71
        /// `d`: RFB bytes, server to client.
        case desktop = 0x64
        /// `k`: RFB bytes, client to server.
        case desktopInput = 0x6B
        /// `p`: policy or control (pause, resume, approval, degraded mode).
        case policy = 0x70
        /// `m`: a marker.
        case marker = 0x6D
        /// `s`: bytes that paint the whole screen from nothing.
        case snapshot = 0x73
        /// `z`: sealed to the tenant's redaction key.
        case sealed = 0x7A
        /// `x`: canonical JSON with reason, exit.
        case end = 0x78

        package var letter: String { String(Unicode.Scalar(rawValue)) }
    }

    /// Microseconds since the recording started.
    package let time: UInt64
    /// The channel of the connection that it belongs to.
    package let channel: UInt32
    package let kind: Kind
    package let data: [UInt8]

    package init(time: UInt64, channel: UInt32 = 0, kind: Kind, data: [UInt8]) {
        self.time = time
        self.channel = channel
        self.kind = kind
        self.data = data
    }

    /// Seconds since the recording started.
    package var seconds: Double { Double(time) / 1_000_000 }

    /// The data as text, bad UTF-8 replaced.
    package var text: String { String(decoding: data, as: UTF8.self) }
}
