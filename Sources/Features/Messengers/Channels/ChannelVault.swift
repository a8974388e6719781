import Cryptography
import Kernel
import Tenancy

/// What is sealed of a channel: its secrets, and the word in the path of its callbacks.
struct ChannelVault: Sendable {
    var callback: String
    var secrets: ChannelSecrets

    init(callback: String, secrets: ChannelSecrets) {
        self.callback = callback
        self.secrets = secrets
    }

    /// What was sealed of this channel.
    init(_ sealed: [UInt8], of id: MessengerChannelID, _ keys: TenantKeys, in scope: TenantScope) async throws {
        let bytes = try await keys.open(sealed, table: ChannelStore.table, row: id.text, version: 1, in: scope)
        try self.init(bytes)
    }

    init(_ sealed: [UInt8], of id: MessengerChannelID, _ chain: TenantKeyChain) throws {
        try self.init(chain.open(sealed, table: ChannelStore.table, row: id.text, version: 1))
    }

    private init(_ bytes: [UInt8]) throws {
        let json = try JSONParser.parse(bytes)
        callback = json["callback"]?.text ?? ""
        secrets = ChannelSecrets(json["secrets"] ?? [:])
    }

    func sealed(for id: MessengerChannelID, _ keys: TenantKeys, in scope: TenantScope) async throws -> SealedValue {
        let json: JSON = ["callback": .string(callback), "secrets": secrets.json]
        return try await keys.seal(json.bytes, table: ChannelStore.table, row: id.text, version: 1, in: scope)
    }
}
