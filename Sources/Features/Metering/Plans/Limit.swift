package import Kernel

/// How much of something there may be.
package struct Limit: WireValue, Equatable {
    /// The largest limit: a petabyte, and then some.
    package static let most = 1 << 52

    package let kind: LimitKind
    /// Nil for no limit, where a plan has one.
    package let amount: Int?

    package init(kind: LimitKind, amount: Int?) {
        self.kind = kind
        self.amount = amount
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind)
        Field("amount", \.amount, .int(0...most), note: "Absent or null: none.")
    }
}

/// Limits by their kind, as they are kept.
struct LimitSet: Equatable {
    let limits: [Limit]

    init(_ limits: [Limit]) throws(Invalid) {
        guard Set(limits.map(\.kind)).count == limits.count else {
            throw Invalid("must name each kind once", field: "limits")
        }
        self.limits = limits.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    /// `{"users": 5}`; what this program does not know is left out.
    init(stored json: JSON) {
        limits = LimitKind.allCases.compactMap { kind in
            switch json[kind.rawValue] {
            case .int(let amount): Limit(kind: kind, amount: Int(amount))
            case .null: Limit(kind: kind, amount: nil)
            default: nil
            }
        }.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    var stored: JSON {
        .object(limits.map { JSON.Member($0.kind.rawValue, $0.amount.map { .int(Int64($0)) } ?? .null) })
    }
}

/// The limits that a tenant has, by plan and agreement. Nil is none.
package struct TenantLimits: Sendable, Equatable {
    private let amounts: [LimitKind: Int]

    package init(_ amounts: [LimitKind: Int] = [:]) {
        self.amounts = amounts
    }

    package subscript(_ kind: LimitKind) -> Int? { amounts[kind] }
}
