package import Kernel

/// A line about a request: a word that the reader's language has a name for, and what it is. It carries no secrets.
package struct TicketFact: WireValue, Sendable, Hashable {
    /// How the values are to be read.
    package enum Form: String, CaseIterable, WireValue, Sendable {
        case text
        /// A whole number of seconds.
        case seconds
        /// A moment (RFC 3339).
        case time
    }

    package let label: String
    package let values: [String]
    package let form: Form

    package init(_ label: String, _ values: [String], as form: Form = .text) {
        self.init(label: label, values: values, form: form)
    }

    private init(label: String, values: [String], form: Form) {
        self.label = label
        self.values = values
        self.form = form
    }

    package static let schema: Schema<Self> = .record(Self.init(label:values:form:)) {
        Field("label", \.label, .text(1...100))
        Field("values", \.values, Schema<[String]>.array(of: .lines(0...2000), 0...1000))
        Field("form", \.form)
    }
}

extension TicketShown {
    /// The lines that requests for access have.
    package var facts: [TicketFact] {
        var facts: [TicketFact] = []
        if !assets.isEmpty { facts.append(TicketFact("assets", assets)) }
        if !accounts.isEmpty { facts.append(TicketFact("accounts", accounts)) }
        if !actions.isEmpty { facts.append(TicketFact("actions", actions)) }
        if let startsAt { facts.append(TicketFact("starts", [Timestamp.text(startsAt)], as: .time)) }
        if duration > 0 { facts.append(TicketFact("duration", [String(duration)], as: .seconds)) }
        return facts
    }
}
