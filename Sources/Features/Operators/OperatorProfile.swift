package import FoundationEssentials
import HTTPAPI
package import Kernel

/// Oneself at the console: who, and what one may do.
package struct OperatorProfile: WireValue {
    package let user: ProviderOperator
    package let permissions: [String]
    package let secondFactorAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...1000))
        Field("secondFactorAt", \.secondFactorAt, note: "When this session last saw a second factor.")
    }
}
