package import FoundationEssentials
package import Kernel

/// A person has chosen: may they, and how?
package struct SessionRequest: WireValue, Equatable {
    package let admission: AdmissionID
    package let target: SessionTarget
    package let `protocol`: GatewayProtocol
    package let channel: SessionChannel
    package let command: String?
    package let terminal: TerminalSize?
    package let clientAddress: String

    package init(
        admission: AdmissionID, target: SessionTarget, protocol: GatewayProtocol, channel: SessionChannel,
        command: String? = nil, terminal: TerminalSize? = nil, clientAddress: String
    ) {
        self.admission = admission
        self.target = target
        self.protocol = `protocol`
        self.channel = channel
        self.command = command
        self.terminal = terminal
        self.clientAddress = clientAddress
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("target", \.target)
        Field("protocol", \.protocol)
        Field("channel", \.channel)
        Field("command", \.command, .lines(1...65_536), note: "What exec runs.")
        Field("terminal", \.terminal)
        Field("clientAddress", \.clientAddress, .text(1...64))
    }
}

/// An asset by name or id, and the account on it; without one it must be clear which.
package struct SessionTarget: WireValue, Equatable {
    package let account: String?
    package let asset: String

    package init(account: String? = nil, asset: String) {
        self.account = account
        self.asset = asset
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("account", \.account, .text(1...255))
        Field("asset", \.asset, .text(1...255))
    }
}

/// How a session uses its connection.
package enum SessionChannel: String, CaseIterable, WireValue {
    case shell
    case exec
}

/// A terminal of the client.
package struct TerminalSize: WireValue, Equatable {
    package let term: String
    package let columns: Int
    package let rows: Int

    package init(term: String, columns: Int, rows: Int) {
        self.term = term
        self.columns = columns
        self.rows = rows
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("term", \.term, .text(0...64))
        Field("columns", \.columns, .int(1...4096))
        Field("rows", \.rows, .int(1...4096))
    }
}

/// What becomes of a chosen target.
package enum SessionAnswer: WireValue, Equatable {
    case granted(SignedGrant)
    case wait(SessionWait)
    case refused(SessionRefused)

    package static let schema: Schema<Self> = .union(
        "outcome",
        Variant("granted", Self.granted, { if case .granted(let value) = $0 { value } else { nil } }),
        Variant("wait", Self.wait, { if case .wait(let value) = $0 { value } else { nil } }),
        Variant("refused", Self.refused, { if case .refused(let value) = $0 { value } else { nil } }))
}

/// A session grant with the installation's signature over exactly these bytes.
package struct SignedGrant: WireValue, Equatable {
    package let grant: Bytes
    package let signature: Bytes

    package init(grant: Bytes, signature: Bytes) {
        self.grant = grant
        self.signature = signature
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "grant", \.grant, Bytes.schema(2...1_048_576), note: "The canonical JSON (RFC 8785) of the session grant.")
        Field("signature", \.signature, Bytes.schema(64...64))
    }
}

/// Somebody has to decide first.
package struct SessionWait: WireValue, Equatable {
    package let ticket: TicketID
    package let text: String

    package init(ticket: TicketID, text: String) {
        self.ticket = ticket
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("text", \.text, .lines(0...4096))
    }
}

/// Not now, and why.
package struct SessionRefused: WireValue, Equatable {
    package let text: String
    package let reasons: [RefusalReason]
    package let request: AccessRequestHint?

    package init(text: String, reasons: [RefusalReason], request: AccessRequestHint? = nil) {
        self.text = text
        self.reasons = reasons
        self.request = request
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("text", \.text, .lines(0...4096))
        Field("reasons", \.reasons, .array(of: RefusalReason.schema, 0...50))
        Field("request", \.request, note: "The smallest request that would open it.")
    }
}

/// One link of a chain of reasons.
package struct RefusalReason: WireValue, Equatable {
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

/// How to ask for access.
package struct AccessRequestHint: WireValue, Equatable {
    package let command: String
    package let url: String
    /// The smallest thing to ask for that would open the way.
    package let wish: RequestWish?
    /// What this person has asked for already.
    package let open: OpenRequest?
    /// What may be asked for besides to connect.
    package let actions: [RequestWord]
    /// What emergency access this person may take; nil for none.
    package let emergency: EmergencyOffer?

    package init(
        command: String, url: String, wish: RequestWish? = nil, open: OpenRequest? = nil, actions: [RequestWord] = [],
        emergency: EmergencyOffer? = nil
    ) {
        self.command = command
        self.url = url
        self.wish = wish
        self.open = open
        self.actions = actions
        self.emergency = emergency
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("command", \.command, .text(0...1024))
        Field("url", \.url, .text(0...1024))
        Field("wish", \.wish, note: "The same for a terminal that asks right there.")
        Field("open", \.open, note: "The person's request for this that is not decided yet.")
        Field("actions", \.actions, RequestWord.actions, note: "What may be asked for besides to connect.")
        Field("emergency", \.emergency, EmergencyOffer.schema, note: "What emergency access the person may take.")
    }
}

/// A request for the same thing that is not decided yet.
package struct OpenRequest: WireValue, Equatable {
    package let ticket: TicketID
    package let number: Int
    package let since: Date
    package let deadline: Date
    package let people: [String]

    package init(ticket: TicketID, number: Int, since: Date, deadline: Date, people: [String]) {
        self.ticket = ticket
        self.number = number
        self.since = since
        self.deadline = deadline
        self.people = people
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("since", \.since)
        Field("deadline", \.deadline, note: "When it ends at the latest.")
        Field("people", \.people, .array(of: .text(0...200), 0...20), note: "Whom it waits for.")
    }
}
