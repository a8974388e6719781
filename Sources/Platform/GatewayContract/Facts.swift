package import FoundationEssentials
package import Kernel

/// What happened in a session, in order.
package struct FactsReport: WireValue, Equatable {
    package let facts: [SessionFact]

    package init(facts: [SessionFact]) {
        self.facts = facts
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("facts", \.facts, .array(of: SessionFact.schema, 1...500))
    }
}

/// One thing that happened; a sequence number that came before is skipped.
package struct SessionFact: WireValue, Equatable {
    package let sequence: Int
    package let at: Date
    package let event: FactEvent

    package init(sequence: Int, at: Date, event: FactEvent) {
        self.sequence = sequence
        self.at = at
        self.event = event
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sequence", \.sequence, .int(1...Counters.most))
        Field("at", \.at)
        Field("event", \.event)
    }
}

/// What kind of thing it was.
package enum FactEvent: WireValue, Equatable {
    case connected(ConnectedFact)
    case failed(FailedFact)
    case command(CommandFact)
    case notice(NoticeFact)

    package static let schema: Schema<Self> = .union(
        "kind",
        Variant("connected", Self.connected, { if case .connected(let value) = $0 { value } else { nil } }),
        Variant("failed", Self.failed, { if case .failed(let value) = $0 { value } else { nil } }),
        Variant("command", Self.command, { if case .command(let value) = $0 { value } else { nil } }),
        Variant("notice", Self.notice, { if case .notice(let value) = $0 { value } else { nil } }))
}

/// The asset let the account in.
package struct ConnectedFact: WireValue, Equatable {
    package let address: String?

    package init(address: String? = nil) {
        self.address = address
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("address", \.address, .text(1...255))
    }
}

/// The connection to the asset failed.
package struct FailedFact: WireValue, Equatable {
    package let phase: String
    package let cause: String

    package init(phase: String, cause: String) {
        self.phase = phase
        self.cause = cause
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("phase", \.phase, .text(1...64))
        Field("cause", \.cause, .text(0...1024))
    }
}

/// A command line.
package struct CommandFact: WireValue, Equatable {
    package let line: String
    package let verdict: CommandVerdict
    package let confidence: CommandConfidence
    package let offsetUs: Int

    package init(line: String, verdict: CommandVerdict, confidence: CommandConfidence, offsetUs: Int) {
        self.line = line
        self.verdict = verdict
        self.confidence = confidence
        self.offsetUs = offsetUs
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("line", \.line, .lines(0...65_536))
        Field("verdict", \.verdict)
        Field("confidence", \.confidence)
        Field("offsetUs", \.offsetUs, .int(0...Counters.most), note: "Where it is in the recording.")
    }
}

/// What the rules said to a command.
package enum CommandVerdict: String, CaseIterable, WireValue {
    case allow
    case deny
    case warn
}

/// How sure the worker is that this is what ran.
package enum CommandConfidence: String, CaseIterable, WireValue {
    case high
    case low
}

/// Something worth keeping that has no kind of its own.
package struct NoticeFact: WireValue, Equatable {
    package let code: String
    package let text: String

    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(1...64))
        Field("text", \.text, .text(0...1024))
    }
}

/// How far the facts of the session are stored.
package struct FactsStored: WireValue, Equatable {
    package let sequence: Int

    package init(sequence: Int) {
        self.sequence = sequence
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sequence", \.sequence, .int(0...Counters.most))
    }
}
