import Kernel

/// Writes asciicast, the format of asciinema, line by line.
package struct Asciicast {
    package enum Version: Int, Sendable, CaseIterable {
        case v2 = 2
        case v3 = 3
    }

    private let version: Version
    private let header: RecordingHeader
    private let includesInput: Bool
    private var output = UTF8Stream()
    private var input = UTF8Stream()
    private var last: UInt64 = 0

    /// Input is left out unless asked for, as asciinema does: it may hold what was typed without echo.
    package init(_ version: Version, header: RecordingHeader, includesInput: Bool = false) {
        self.version = version
        self.header = header
        self.includesInput = includesInput
    }

    /// The first line.
    package var head: String {
        let columns = JSON.int(Int64(header.screen?.columns ?? 80))
        let rows = JSON.int(Int64(header.screen?.rows ?? 24))
        let term = JSON.string(header.screen?.term ?? "xterm-256color")
        let timestamp = JSON.int(header.started.microseconds / 1_000_000)
        let json: JSON =
            switch version {
            case .v2: ["version": 2, "width": columns, "height": rows, "timestamp": timestamp, "env": ["TERM": term]]
            case .v3:
                ["version": 3, "term": ["cols": columns, "rows": rows, "type": term], "timestamp": timestamp]
            }
        return Self.line(json.bytes)
    }

    /// The lines that an event becomes: one, or none for what the format does not know.
    package mutating func lines(for event: RecordingEvent) -> String {
        switch event.kind {
        case .output, .standardError: return line(event.time, "o", output.decode(event.data))
        case .input where includesInput: return line(event.time, "i", input.decode(event.data))
        case .resize:
            guard let size = Self.size(event.text) else { return "" }
            return line(event.time, "r", size)
        case .marker: return line(event.time, "m", event.text, keepsEmpty: true)
        case .end:
            let rest = line(event.time, "o", output.finish())
            guard version == .v3, let exit = RecordingEnd(event.data)?.exit else { return rest }
            return rest + line(event.time, "x", String(exit))
        default: return ""
        }
    }

    /// The whole file.
    package static func export(
        _ version: Version, _ reader: inout RecordingReader, includesInput: Bool = false,
        to write: (String) throws -> Void
    ) throws {
        var cast = Asciicast(version, header: reader.header, includesInput: includesInput)
        try write(cast.head)
        try reader.forEach { event in
            let lines = cast.lines(for: event)
            if !lines.isEmpty { try write(lines) }
        }
    }

    private mutating func line(_ time: UInt64, _ code: String, _ text: String, keepsEmpty: Bool = false) -> String {
        guard !text.isEmpty || keepsEmpty else { return "" }
        let shown = version == .v2 ? time : time - last
        last = time
        return Self.line(Array("[\(Self.seconds(shown)), \"\(code)\", ".utf8) + JSON.string(text).bytes + [0x5D])
    }

    private static func line(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) + "\n" }

    /// Microseconds as exact seconds: doubles would drift over a long recording.
    private static func seconds(_ microseconds: UInt64) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.utf8.count))\(fraction)"
    }

    private static func size(_ text: String) -> String? {
        let parts = text.split(separator: " ").compactMap { Int($0) }
        return parts.count == 2 ? "\(parts[0])x\(parts[1])" : nil
    }
}
