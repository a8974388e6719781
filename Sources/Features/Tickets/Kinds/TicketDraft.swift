package import Kernel
import Postgres

/// A request before it is opened: what is chosen by, checked and shown.
package struct TicketDraft: Sendable, Equatable {
    package var kind: TicketKindName
    /// What is asked for; its lists are empty for kinds that are about no assets.
    package var ask: TicketAsk
    /// What the kind has besides, as its schema writes it.
    package var content: JSON
    package var reason: String

    package init(kind: TicketKindName = .access, ask: TicketAsk, content: JSON = [:], reason: String) {
        self.kind = kind
        self.ask = ask
        self.content = content
        self.reason = reason
    }
}

/// The name of a kind of request. Kinds are many, and some are of other features: that a name is known is what the registry
/// says.
package struct TicketKindName: RawRepresentable, Hashable, Sendable, SQLBindable, SQLDecodable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Access to assets for a while.
    package static let access = TicketKindName(rawValue: "access")
    /// Words only; what comes of it happens outside.
    package static let general = TicketKindName(rawValue: "general")
}

extension TicketKindName: WireValue {
    package static let schema: Schema<Self> = Schema<String>.string(
        1...40, pattern: "^[a-z][a-z-]*$", "must be the name of a kind of request"
    ) { text in
        text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }.map(Self.init(rawValue:), \.rawValue)
}

extension TicketAsk {
    /// What is missing where access is asked for.
    var missingPlaces: [FieldError] {
        var errors: [FieldError] = []
        if assets.isEmpty { errors.append(FieldError(pointer: "/assets", message: "must name an asset")) }
        if accounts.isEmpty { errors.append(FieldError(pointer: "/accounts", message: "must name an account")) }
        return errors
    }
}
