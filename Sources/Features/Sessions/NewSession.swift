package import FoundationEssentials
package import GatewayContract
package import Kernel

/// A session that is about to be granted.
package struct NewSession: Sendable {
    /// How it is recorded.
    package struct Recording: Sendable {
        package let id: RecordingID
        package let tenantKey: TenantKeyID
        /// The recording key, wrapped by the tenant key.
        package let wrappedKey: [UInt8]

        package init(id: RecordingID, tenantKey: TenantKeyID, wrappedKey: [UInt8]) {
            self.id = id
            self.tenantKey = tenantKey
            self.wrappedKey = wrappedKey
        }
    }

    package var id: SessionID
    package var user: NamedUser
    package var asset: NamedAsset
    package var account: AccountID
    package var accountName: String
    package var `protocol`: GatewayProtocol
    package var channel: SessionChannel
    package var command: String?
    package var grant: GrantID
    package var worker: WorkerID
    package var clientAddress: String
    package var entrance: Entrance
    package var createdAt: Date
    /// When the grant, or its hours of the day, close the way.
    package var grantEndsAt: Date?
    package var recording: Recording
    package var traceID: String

    package init(
        id: SessionID, user: NamedUser, asset: NamedAsset, account: AccountID, accountName: String,
        protocol: GatewayProtocol, channel: SessionChannel, command: String?, grant: GrantID, worker: WorkerID,
        clientAddress: String, entrance: Entrance, createdAt: Date, grantEndsAt: Date?, recording: Recording,
        traceID: String
    ) {
        self.id = id
        self.user = user
        self.asset = asset
        self.account = account
        self.accountName = accountName
        self.protocol = `protocol`
        self.channel = channel
        self.command = command
        self.grant = grant
        self.worker = worker
        self.clientAddress = clientAddress
        self.entrance = entrance
        self.createdAt = createdAt
        self.grantEndsAt = grantEndsAt
        self.recording = recording
        self.traceID = traceID
    }

    package var expiresAt: Date { LeaseTerms.latestEnd(createdAt: createdAt, grantEndsAt: grantEndsAt) }
}
