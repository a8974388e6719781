import Kernel

/// The events of a replay as lines of JSON (`{"t":1.5,"k":"o","d":"text"}`), as the portal's player reads them.
package struct ReplayLines {
    private var output = UTF8Stream()
    private var errors = UTF8Stream()
    private var input = UTF8Stream()

    package init() {}

    /// The line in front: the size of the screen when the session began. Nil for what has no screen.
    package static func first(of header: RecordingHeader) -> String? {
        guard let screen = header.screen else { return nil }
        let json: JSON = ["t": 0, "k": "r", "d": .string("\(screen.columns) \(screen.rows)")]
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    /// The line for an event, with its line end; nil for an event that holds only the first half of a character.
    package mutating func line(for event: RecordingEvent) -> String? {
        let text: String
        switch event.kind {
        case .output: text = output.decode(event.data)
        case .standardError: text = errors.decode(event.data)
        case .input: text = input.decode(event.data)
        // What is sealed stays sealed: the player shows that something was typed.
        case .sealed: text = ""
        // Binary, and for another player.
        case .desktop, .desktopInput: return nil
        default: text = event.text
        }
        guard !text.isEmpty || event.kind == .sealed || event.kind == .marker else { return nil }
        let json: JSON = [
            "t": .double(event.seconds), "k": .string(event.kind.letter), "d": .string(text),
        ]
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
