/// `gatehouse export`: a recording in a form that other programs read.
package enum RecordingExport {
    /// The names of the formats on the command line.
    package enum Format: String, Sendable, CaseIterable {
        case asciicast
        case asciicastV3 = "asciicast-v3"
        case text
        case events
    }

    /// Writes the whole recording, piece by piece. Throws where the recording turns out to be damaged; what was written
    /// until then holds.
    package static func run(
        _ format: Format, _ reader: inout RecordingReader, includesInput: Bool = false,
        to write: (String) throws -> Void
    ) throws {
        switch format {
        case .asciicast: try Asciicast.export(.v2, &reader, includesInput: includesInput, to: write)
        case .asciicastV3: try Asciicast.export(.v3, &reader, includesInput: includesInput, to: write)
        case .text: try Transcript.export(&reader, to: write)
        case .events:
            var lines = ReplayLines()
            try reader.forEach { event in
                if let line = lines.line(for: event) { try write(line) }
            }
        }
    }
}
