package import FoundationEssentials
import HTTPAPI
package import Kernel

/// The plan that a tenant has, and what was agreed with it alone.
package struct TenantPlan: Versioned, WireValue, Equatable {
    package let plan: PlanID
    package let code: PlanCode
    package let name: String
    package let currency: Currency
    package let overrides: [Limit]
    package let note: String
    package let since: Date
    package let version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("plan", \.plan)
        Field("code", \.code)
        Field("name", \.name, .text(1...100))
        Field("currency", \.currency)
        Field("overrides", \.overrides, count: 0...LimitKind.allCases.count)
        Field("note", \.note, .text(0...500))
        Field("since", \.since)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}
