package import FoundationEssentials
package import GatewayContract
package import Kernel

/// Where somebody wants to open a terminal.
package struct TerminalTokenRequest: WireValue, Equatable {
    package let asset: AssetID
    package let account: String

    package init(asset: AssetID, account: String) {
        self.asset = asset
        self.account = account
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("account", \.account, .text(1...255))
    }
}

/// A one-time token for a web terminal, and where to go with it.
package struct TerminalToken: WireValue {
    package static let lifetime: TimeInterval = 60

    package let token: PassedSecret
    package let url: PassedSecret
    package let expiresAt: Date

    package init(token: PassedSecret, url: PassedSecret, expiresAt: Date) {
        self.token = token
        self.url = url
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, note: "Good for one socket, for a minute, from this origin.")
        Field("url", \.url, note: "The address of the socket, with the token.")
        Field("expiresAt", \.expiresAt)
    }
}

/// What a spent token says.
package struct TerminalPass: Sendable, Equatable {
    package let scope: TenantScope
    package let user: UserID
    package let asset: AssetID
    package let account: String
}
