/// The output of a session as plain text.
package struct Transcript {
    private var renderer = LineRenderer(keepsFullScreen: false)

    package init() {}

    /// The lines that an event completes.
    package mutating func lines(for event: RecordingEvent) -> [TextLine] {
        switch event.kind {
        case .output, .standardError: renderer.feed(event.data, at: event.time)
        case .end: renderer.finish().map { [$0] } ?? []
        default: []
        }
    }

    /// Writes the whole transcript, line by line.
    package static func export(_ reader: inout RecordingReader, to write: (String) throws -> Void) throws {
        var transcript = Transcript()
        try reader.forEach { event in
            for line in transcript.lines(for: event) { try write(line.text + "\n") }
        }
        if let rest = transcript.renderer.finish() { try write(rest.text + "\n") }
    }
}

/// Finds text in what a session showed. Colours inside a word do not hide it; capitals do not matter.
package struct RecordingSearch {
    private static let shown = 200
    private let query: String
    private var renderer = LineRenderer(keepsFullScreen: true)

    /// Nil if there is nothing to look for.
    package init?(_ query: String) {
        let query = query.lowercased()
        guard !query.allSatisfy(\.isWhitespace) else { return nil }
        self.query = query
    }

    /// The matching lines that an event completes: when they appeared, and some of their text.
    package mutating func hits(in event: RecordingEvent) -> [TextLine] {
        switch event.kind {
        case .output, .standardError: renderer.feed(event.data, at: event.time).compactMap(match)
        case .end: finish()
        default: []
        }
    }

    /// A match in the line that was not ended, for a recording without an end.
    package mutating func finish() -> [TextLine] {
        renderer.finish().flatMap(match).map { [$0] } ?? []
    }

    /// All hits up to a limit.
    package static func run(
        _ query: String, in reader: inout RecordingReader, limit: Int = 1000
    ) throws(RecordingError) -> [TextLine] {
        guard var search = RecordingSearch(query) else { return [] }
        var hits: [TextLine] = []
        while hits.count < limit, let event = try reader.nextEvent() { hits += search.hits(in: event) }
        if hits.count < limit { hits += search.finish() }
        return Array(hits.prefix(limit))
    }

    private func match(_ line: TextLine) -> TextLine? {
        guard let found = line.text.lowercased().firstRange(of: query) else { return nil }
        // Lower case may have another length; as a place to start showing text it is near enough.
        let before = line.text.lowercased()[..<found.lowerBound].count
        let text = line.text.dropFirst(max(0, before - 60)).prefix(Self.shown)
        return TextLine(time: line.time, text: String(text))
    }
}
