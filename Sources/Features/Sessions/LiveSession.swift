package import GatewayContract
package import Kernel

/// A session that has not ended, and what was decided about.
package struct LiveSession: Sendable, Equatable {
    package let id: SessionID
    package let user: NamedUser
    package let asset: AssetID
    package let account: String
}
