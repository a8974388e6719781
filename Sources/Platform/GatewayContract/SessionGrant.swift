package import FoundationEssentials
package import Kernel

/// All that a worker is told about one session, and all that it may do.
package struct SessionGrant: WireValue, Equatable {
    package let session: SessionID
    package let tenant: TenantID
    package let tenantName: String
    /// The only worker that may use it.
    package let worker: WorkerID
    package let user: NamedUser
    package let asset: NamedAsset
    package let addresses: [AssetAddress]
    package let hostKeys: [PinnedHostKey]
    package let account: String
    package let secretKind: GrantSecretKind
    package let sealedSecret: Bytes
    package let `protocol`: GatewayProtocol
    package let channel: SessionChannel
    package let command: String?
    package let terminal: TerminalSize?
    package let actions: [String]
    package let recording: GrantRecording
    package let limits: GrantLimits
    package let leaseSeconds: Int
    package let meteringSeconds: Int
    package let traceID: String
    package let notices: [String]
    package let issuedAt: Date

    package init(
        session: SessionID, tenant: TenantID, tenantName: String, worker: WorkerID, user: NamedUser,
        asset: NamedAsset, addresses: [AssetAddress], hostKeys: [PinnedHostKey], account: String,
        secretKind: GrantSecretKind, sealedSecret: Bytes, protocol: GatewayProtocol, channel: SessionChannel,
        command: String? = nil, terminal: TerminalSize? = nil, actions: [String], recording: GrantRecording,
        limits: GrantLimits, leaseSeconds: Int, meteringSeconds: Int, traceID: String, notices: [String],
        issuedAt: Date
    ) {
        self.session = session
        self.tenant = tenant
        self.tenantName = tenantName
        self.worker = worker
        self.user = user
        self.asset = asset
        self.addresses = addresses
        self.hostKeys = hostKeys
        self.account = account
        self.secretKind = secretKind
        self.sealedSecret = sealedSecret
        self.protocol = `protocol`
        self.channel = channel
        self.command = command
        self.terminal = terminal
        self.actions = actions
        self.recording = recording
        self.limits = limits
        self.leaseSeconds = leaseSeconds
        self.meteringSeconds = meteringSeconds
        self.traceID = traceID
        self.notices = notices
        self.issuedAt = issuedAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("tenant", \.tenant)
        Field("tenantName", \.tenantName, .text(0...200))
        Field("worker", \.worker)
        Field("user", \.user)
        Field("asset", \.asset)
        Field("addresses", \.addresses, .array(of: AssetAddress.schema, 1...16))
        Field(
            "hostKeys", \.hostKeys, .array(of: PinnedHostKey.schema, 1...64),
            note: "Never empty: an asset without a pinned key is refused.")
        Field("account", \.account, .text(1...255))
        Field("secretKind", \.secretKind)
        Field("sealedSecret", \.sealedSecret, Bytes.schema(49...131_072), note: "HPKE to this worker, see SealedField.")
        Field("protocol", \.protocol)
        Field("channel", \.channel)
        Field("command", \.command, .lines(1...65_536))
        Field("terminal", \.terminal)
        Field("actions", \.actions, .array(of: .text(1...64), 0...64))
        Field("recording", \.recording)
        Field("limits", \.limits)
        Field("leaseSeconds", \.leaseSeconds, .int(1...3600))
        Field("meteringSeconds", \.meteringSeconds, .int(1...3600))
        Field("traceId", \.traceID, .text(0...64))
        Field("notices", \.notices, .array(of: .lines(0...4096), 0...16))
        Field("issuedAt", \.issuedAt)
    }
}

/// An asset, by id and by the name to show.
package struct NamedAsset: WireValue, Equatable {
    package let id: AssetID
    package let name: String

    package init(id: AssetID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...255))
    }
}

/// Where to connect.
package struct AssetAddress: WireValue, Equatable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("host", \.host, .text(1...255))
        Field("port", \.port, .int(1...65_535))
    }
}

/// A key that the asset must show; the blob is that of RFC 4253 §6.6.
package struct PinnedHostKey: WireValue, Equatable {
    package let algorithm: String
    package let key: Bytes

    package init(algorithm: String, key: Bytes) {
        self.algorithm = algorithm
        self.key = key
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("algorithm", \.algorithm, .text(1...64))
        Field("key", \.key, Bytes.schema(1...16_384))
    }
}

/// What the sealed secret is.
package enum GrantSecretKind: String, CaseIterable, WireValue {
    case password
    case sshKey = "ssh-key"
}

/// How the session is recorded.
package struct GrantRecording: WireValue, Equatable {
    package let id: RecordingID
    package let sealedKey: Bytes
    package let tenantKey: TenantKeyID
    package let wrappedKey: Bytes
    package let strict: Bool
    package let redactionKey: Bytes

    package init(
        id: RecordingID, sealedKey: Bytes, tenantKey: TenantKeyID, wrappedKey: Bytes, strict: Bool,
        redactionKey: Bytes
    ) {
        self.id = id
        self.sealedKey = sealedKey
        self.tenantKey = tenantKey
        self.wrappedKey = wrappedKey
        self.strict = strict
        self.redactionKey = redactionKey
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("sealedKey", \.sealedKey, Bytes.schema(49...256), note: "The recording key, HPKE to this worker.")
        Field("tenantKey", \.tenantKey, note: "The key that wraps the recording key in the header.")
        Field("wrappedKey", \.wrappedKey, Bytes.schema(28...256), note: "For the header, as RECORDING.md says.")
        Field("strict", \.strict, note: "Whether every byte is on the disk before it is relayed.")
        Field(
            "redactionKey", \.redactionKey, Bytes.schema(32...32),
            note: "X25519 public key for what is typed without echo.")
    }
}

/// How long the session may last.
package struct GrantLimits: WireValue, Equatable {
    package let idleSeconds: Int
    package let endsAt: Date
    /// What the tenant may take of the worker with all of its sessions.
    package let allowance: TenantAllowance

    package init(idleSeconds: Int, endsAt: Date, allowance: TenantAllowance = .unlimited) {
        self.idleSeconds = idleSeconds
        self.endsAt = endsAt
        self.allowance = allowance
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("idleSeconds", \.idleSeconds, .int(1...86_400))
        Field("endsAt", \.endsAt)
        Field(
            "allowance", \.allowance, TenantAllowance.schema.otherwise(.unlimited),
            note: "What the tenant may take of the worker with all of its sessions.")
    }
}
