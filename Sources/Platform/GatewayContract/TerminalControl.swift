package import Kernel

/// A control frame (channel 2) of the web terminal's socket.
package enum TerminalControl: WireValue, Equatable {
    case resize(TerminalResize)
    case ready(TerminalReady)
    case ended(TerminalEnded)

    package static let schema: Schema<Self> = .union(
        "type",
        Variant("resize", Self.resize, { if case .resize(let value) = $0 { value } else { nil } }),
        Variant("ready", Self.ready, { if case .ready(let value) = $0 { value } else { nil } }),
        Variant("ended", Self.ended, { if case .ended(let value) = $0 { value } else { nil } }))
}

/// The browser's terminal has another size.
package struct TerminalResize: WireValue, Equatable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("columns", \.columns, .int(1...4096))
        Field("rows", \.rows, .int(1...4096))
    }
}

/// The session is open.
package struct TerminalReady: WireValue, Equatable {
    package let session: SessionID
    package let resume: PassedSecret

    package init(session: SessionID, resume: PassedSecret) {
        self.session = session
        self.resume = resume
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("resume", \.resume, note: "Only who knows it may come back after a lost connection.")
    }
}

/// The session is over.
package struct TerminalEnded: WireValue, Equatable {
    package let reason: String
    package let text: String

    package init(reason: String, text: String) {
        self.reason = reason
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, .text(1...64))
        Field("text", \.text, .lines(0...4096))
    }
}
