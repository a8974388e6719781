package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// How much of something there may be, and is.
package struct QuotaItem: WireValue, Equatable {
    package enum State: String, CaseIterable, WireValue { case ok, near, full }

    package let kind: LimitKind
    package let limit: Int?
    package let warnAt: Int?
    /// Nil for a rate, which is held to and not counted.
    package let used: Int?
    package let state: State

    init(_ use: QuotaUse) {
        let used = use.kind.isCounted ? use.used : nil
        self.init(
            kind: use.kind, limit: use.limit, warnAt: use.soft, used: used,
            state: Self.state(used: used, use))
    }

    private init(kind: LimitKind, limit: Int?, warnAt: Int?, used: Int?, state: State) {
        self.kind = kind
        self.limit = limit
        self.warnAt = warnAt
        self.used = used
        self.state = state
    }

    private static func state(used: Int?, _ use: QuotaUse) -> State {
        guard let used, let limit = use.limit else { return .ok }
        if used >= limit { return .full }
        return use.isNear ? .near : .ok
    }

    package static let schema: Schema<Self> = .record { kind, limit, warnAt, used, state in
        Self(kind: kind, limit: limit, warnAt: warnAt, used: used, state: state)
    } fields: {
        Field("kind", \.kind)
        Field("limit", \.limit, .int(0...Limit.most), note: "Null: none.")
        Field("warnAt", \.warnAt, .int(0...Limit.most))
        Field("used", \.used, .int(0...Int.max), note: "Null for a rate.")
        Field("state", \.state)
    }
}

/// A tenant's plan, and how much of it is used.
package struct QuotaReport: WireValue, Equatable {
    package let planCode: PlanCode
    package let planName: String
    /// Whom to ask for more.
    package let contact: String
    package let items: [QuotaItem]

    package static let schema: Schema<Self> = .record { code, name, contact, items in
        Self(planCode: code, planName: name, contact: contact, items: items)
    } fields: {
        Field("planCode", \.planCode)
        Field("planName", \.planName, .text(1...100))
        Field("contact", \.contact, .text(0...200), note: "Whom to ask for more; empty: the hosting provider.")
        Field("items", \.items, count: 0...LimitKind.allCases.count)
    }
}

extension Plans {
    /// A tenant's plan, its limits and what it uses: for the tenant and for the provider, who sees numbers only.
    package func quotas(of scope: TenantScope, at now: Date) async throws -> QuotaReport {
        let uses = try await database.query(
            QuotaStore.report(tenant: scope.tenant, at: now), in: scope, QuotaStore.decodeUse)
        let system = SystemScope(reason: "the plan of a tenant")
        let plan = try await database.first(
            """
            select p.code, p.name, t.contact from tenant_plans t join plans p on p.plan_id = t.plan_id
            where t.tenant_id = \(scope.tenant)
            """, in: system
        ) { row in
            (code: try row.next(PlanCode.self), name: try row.next(String.self), contact: try row.next(String.self))
        }
        guard let plan else { throw PlanError.notFound }
        let order = LimitKind.allCases
        return QuotaReport(
            planCode: plan.code, planName: plan.name, contact: plan.contact,
            items: uses.map(QuotaItem.init).sorted {
                (order.firstIndex(of: $0.kind) ?? 0) < (order.firstIndex(of: $1.kind) ?? 0)
            })
    }
}
