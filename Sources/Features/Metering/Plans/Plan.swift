package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// What the provider sells: limits, and what use costs.
package struct Plan: Versioned, Sendable, Equatable {
    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case offered
        /// Who has it keeps it; nobody new gets it.
        case retired
    }

    package let id: PlanID
    package let code: PlanCode
    package let name: String
    package let description: String
    package let currency: Currency
    package let contact: String
    package let softPercent: Int
    package let limits: [Limit]
    /// Those that hold now.
    package let prices: [Price]
    package let state: State
    package let isDefault: Bool
    package let createdAt: Date
    package let version: Int
}

extension Plan: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("code", \.code)
        Field("name", \.name, .text(1...100))
        Field("description", \.description, .text(0...500))
        Field("currency", \.currency)
        Field("contact", \.contact, .text(0...200), note: "Whom tenants ask for more.")
        Field("softPercent", \.softPercent, .int(1...100), note: "The share of a limit at which tenants are warned.")
        Field("limits", \.limits, count: 0...LimitKind.allCases.count)
        Field("prices", \.prices, count: 0...100)
        Field("state", \.state)
        Field("isDefault", \.isDefault, note: "New tenants get it.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<Plan>(
        key: Column("id", "p.plan_id", \.id), order: .ascending("code"), sortable: ["code", "created"],
        columns: [
            Column("code", "p.code", \.code), Column("state", "p.state", \.state),
            Column("created", "p.created_at", \.createdAt),
        ])
}

/// A plan's name in commands and invoices; it stays.
package struct PlanCode: Sendable, Hashable {
    package let text: String

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard 1...40 ~= bytes.count, let first = bytes.first, let last = bytes.last, Self.letters ~= first,
            last != UInt8(ascii: "-"),
            bytes.allSatisfy({ Self.letters ~= $0 || Self.digits ~= $0 || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}

extension PlanCode: WireValue, SQLBindable, SQLDecodable {
    package static let schema: Schema<Self> = .parsed(
        1...40, pattern: "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
        "must be small letters, digits and dashes, and begin with a letter", parse: Self.init, text: \.text)

    package var bind: SQLValue { .text(text) }

    package init?(sql text: UnsafeRawBufferPointer) { self.init(String(decoding: text, as: UTF8.self)) }
}

/// A currency by its code of ISO 4217.
package struct Currency: Sendable, Hashable {
    package let text: String

    package init?(_ text: String) {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
            return nil
        }
        self.text = text
    }
}

extension Currency: WireValue, SQLBindable, SQLDecodable {
    package static let schema: Schema<Self> = .parsed(
        3...3, pattern: "^[A-Z]{3}$", "must be a code of ISO 4217 such as EUR or CNY", parse: Self.init, text: \.text)

    package var bind: SQLValue { .text(text) }

    package init?(sql text: UnsafeRawBufferPointer) { self.init(String(decoding: text, as: UTF8.self)) }
}
