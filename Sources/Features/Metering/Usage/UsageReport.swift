package import FoundationEssentials
package import Kernel

/// Whose usage is asked for, and of which time.
package struct UsageQuestion: WireValue, Equatable {
    /// How many hours with something in them an answer has at most.
    package static let most = 50_000

    package let tenant: TenantID?
    package let from: Date
    package let to: Date

    package init(tenant: TenantID? = nil, from: Date, to: Date) throws(Invalid) {
        guard to > from else { throw Invalid("must be after the start", field: "to") }
        self.tenant = tenant
        self.from = from
        self.to = to
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant, note: "Only this tenant's usage.")
        Field("from", \.from, note: "The first hour.")
        Field("to", \.to, note: "The hour after the last one.")
    }
}

/// Of which time a tenant asks for its own usage.
package struct UsagePeriod: WireValue, Equatable {
    package let from: Date?
    package let to: Date?

    package init(from: Date? = nil, to: Date? = nil) {
        self.from = from
        self.to = to
    }

    /// The whole time that is meant.
    func question(of tenant: TenantID, at now: Date) throws(Invalid) -> UsageQuestion {
        let end = to ?? now + 3600
        return try UsageQuestion(tenant: tenant, from: from ?? end - 31 * 86_400, to: end)
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("from", \.from, note: "The first hour; if absent, 31 days before the end.")
        Field("to", \.to, note: "The hour after the last one; now if absent.")
    }
}

/// What one tenant used of one meter in one hour.
package struct UsageItem: WireValue, Equatable {
    package let tenant: TenantID
    package let meter: Meter
    package let hour: Date
    package let quantity: Int

    package init(tenant: TenantID, meter: Meter, hour: Date, quantity: Int) {
        self.tenant = tenant
        self.meter = meter
        self.hour = hour
        self.quantity = quantity
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field("meter", \.meter)
        Field("hour", \.hour)
        Field("quantity", \.quantity, .int(0...Int.max))
    }
}

/// What one tenant used of one meter in the whole time.
package struct UsageTotal: WireValue, Equatable {
    package let tenant: TenantID
    package let meter: Meter
    package let quantity: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field("meter", \.meter)
        Field("quantity", \.quantity, .int(0...Int.max))
    }
}

/// Usage by hour, and its sums.
package struct UsageReport: WireValue, Equatable {
    package let items: [UsageItem]
    package let totals: [UsageTotal]

    private struct Key: Hashable {
        let tenant: TenantID
        let meter: Meter
    }

    package init(items: [UsageItem]) {
        var sums: [Key: Int] = [:]
        var order: [Key] = []
        for item in items {
            let key = Key(tenant: item.tenant, meter: item.meter)
            if sums[key] == nil { order.append(key) }
            sums[key, default: 0] += item.quantity
        }
        self.items = items
        totals = order.map { UsageTotal(tenant: $0.tenant, meter: $0.meter, quantity: sums[$0] ?? 0) }
    }

    private init(items: [UsageItem], totals: [UsageTotal]) {
        self.items = items
        self.totals = totals
    }

    package static let schema: Schema<Self> = .record { items, totals in
        Self(items: items, totals: totals)
    } fields: {
        Field("items", \.items, .array(of: UsageItem.schema, 0...UsageQuestion.most))
        Field("totals", \.totals, .array(of: UsageTotal.schema, 0...UsageQuestion.most))
    }
}
