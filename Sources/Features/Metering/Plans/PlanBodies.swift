package import Kernel

/// The body that creates a plan.
package struct CreatePlan: WireValue {
    package let code: PlanCode
    package let name: String
    package let description: String
    package let currency: Currency
    package let contact: String
    package let softPercent: Int
    package let limits: [Limit]
    package let prices: [Price]

    package init(
        code: PlanCode, name: String, description: String = "", currency: Currency, contact: String = "",
        softPercent: Int = 80, limits: [Limit] = [], prices: [Price] = []
    ) throws(Invalid) {
        _ = try LimitSet(limits)
        try Self.check(prices)
        self.code = code
        self.name = name
        self.description = description
        self.currency = currency
        self.contact = contact
        self.softPercent = softPercent
        self.limits = limits
        self.prices = prices
    }

    static func check(_ prices: [Price]) throws(Invalid) {
        guard Set(prices.map(\.item)).count == prices.count else {
            throw Invalid("must name each item once", field: "prices")
        }
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, note: "The plan's name in commands and invoices; it stays.")
        Field("name", \.name, .text(1...100))
        Field("description", \.description, .text(0...500).otherwise(""))
        Field("currency", \.currency, note: "Of all its prices; it stays.")
        Field("contact", \.contact, .text(0...200).otherwise(""), note: "Whom tenants ask for more.")
        Field("softPercent", \.softPercent, .int(1...100).otherwise(80))
        Field("limits", \.limits, Schema<[Limit]>.array(of: Limit.schema, 0...LimitKind.allCases.count).otherwise([]))
        Field("prices", \.prices, PriceList.stored.otherwise([]))
    }
}

/// The body that changes a plan: lists are replaced as a whole.
package struct ChangePlan: WireValue {
    package let name: Change<String>
    package let description: Change<String>
    package let contact: Change<String>
    package let softPercent: Change<Int>
    package let limits: Change<[Limit]>
    package let prices: Change<[Price]>
    package let state: Change<Plan.State>
    package let isDefault: Change<Bool>

    package init(
        name: Change<String> = .keep, description: Change<String> = .keep, contact: Change<String> = .keep,
        softPercent: Change<Int> = .keep, limits: Change<[Limit]> = .keep, prices: Change<[Price]> = .keep,
        state: Change<Plan.State> = .keep, isDefault: Change<Bool> = .keep
    ) throws(Invalid) {
        if case .set(let limits) = limits { _ = try LimitSet(limits) }
        if case .set(let prices) = prices { try CreatePlan.check(prices) }
        if case .set(false) = isDefault {
            throw Invalid("there is always one: make another plan the default", field: "isDefault")
        }
        self.name = name
        self.description = description
        self.contact = contact
        self.softPercent = softPercent
        self.limits = limits
        self.prices = prices
        self.state = state
        self.isDefault = isDefault
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("description", \.description, .text(0...500))
        Field("contact", \.contact, .text(0...200))
        Field("softPercent", \.softPercent, .int(1...100))
        Field("limits", \.limits, .array(of: Limit.schema, 0...LimitKind.allCases.count))
        Field("prices", \.prices, PriceList.stored, note: "From now on; what was used before costs what it did.")
        Field("state", \.state)
        Field("isDefault", \.isDefault, note: "True makes it the plan that new tenants get.")
    }
}

/// The body that gives a tenant a plan.
package struct AssignPlan: WireValue {
    package let plan: PlanCode
    package let overrides: [Limit]
    package let note: String

    package init(plan: PlanCode, overrides: [Limit] = [], note: String = "") throws(Invalid) {
        _ = try LimitSet(overrides)
        self.plan = plan
        self.overrides = overrides
        self.note = note
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("plan", \.plan, note: "The plan's code.")
        Field(
            "overrides", \.overrides,
            Schema<[Limit]>.array(of: Limit.schema, 0...LimitKind.allCases.count).otherwise([]),
            note: "Limits of this tenant in place of the plan's.")
        Field("note", \.note, .text(0...500).otherwise(""), note: "Why, for colleagues.")
    }
}
