package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// Whether a program of a provider may say who its people are (SCIM 2.0), and what it has said.
package struct Provisioning: Versioned, Sendable {
    package let enabled: Bool
    package let handlesPrivileged: Bool
    package let people: Int
    package let groups: Int
    package let version: Int

    /// What a provider begins with.
    static let initial = Provisioning(enabled: false, handlesPrivileged: false, people: 0, groups: 0, version: 1)
}

extension Provisioning: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("enabled", \.enabled, note: "Whether its tokens are good.")
        Field(
            "handlesPrivileged", \.handlesPrivileged,
            note:
                "Whether people who may do more than the provider's rules give can be taken over and disabled as well.")
        Field("people", \.people, .int(0...Int(Int32.max)))
        Field("groups", \.groups, .int(0...Int(Int32.max)))
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// The body that changes whether and how a provider is provisioned.
package struct ChangeProvisioning: WireValue {
    package let enabled: Change<Bool>
    package let handlesPrivileged: Change<Bool>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("enabled", \.enabled)
        Field("handlesPrivileged", \.handlesPrivileged)
    }
}

/// A program that provisions, as administrators see it.
package struct ProvisioningClient: Sendable {
    package static let prefix = "ghp_"
    package static let most = 5
    package static let usualLife: TimeInterval = 180 * 24 * 60 * 60
    package static let longestLife: TimeInterval = 366 * 24 * 60 * 60

    package let id: ProvisioningClientID
    package let name: String
    package let createdBy: String
    package let createdAt: Date
    package let rotatedAt: Date?
    package let expiresAt: Date
    /// Until when the token before the latest is good.
    package let previousUntil: Date?
    package let lastUsedAt: Date?
}

extension ProvisioningClient: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("createdBy", \.createdBy, .text(1...64))
        Field("createdAt", \.createdAt)
        Field("rotatedAt", \.rotatedAt)
        Field("expiresAt", \.expiresAt)
        Field("previousUntil", \.previousUntil, note: "Until when the token before the latest is good.")
        Field("lastUsedAt", \.lastUsedAt)
    }

    package static let listing = Listing<ProvisioningClient>(
        key: Column("id", "c.provisioning_client_id", \.id), order: .ascending("name"),
        sortable: ["name", "createdAt"],
        columns: [
            Column("name", "c.name", \.name, .text(1...100)), Column("createdAt", "c.created_at", \.createdAt),
        ])
}

/// The body that makes a token.
package struct CreateProvisioningClient: WireValue {
    package let name: String
    package let expiresAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("expiresAt", \.expiresAt, note: "180 days from now if absent, a year at most.")
    }
}

/// The body that puts another token in the place of one.
package struct RotateProvisioningClient: WireValue {
    package let expiresAt: Date?
    package let overlapHours: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("expiresAt", \.expiresAt, note: "180 days from now if absent, a year at most.")
        Field(
            "overlapHours", \.overlapHours, Schema<Int>.int(0...168).otherwise(24),
            note: "For how long the old token is good as well.")
    }
}

/// A new token; its text is shown once.
package struct ProvisioningToken: WireValue {
    package let id: ProvisioningClientID
    package let name: String
    package let token: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("token", \.token, .text(1...200), note: "Shown once.")
        Field("expiresAt", \.expiresAt)
    }
}

/// Something that a program asked for that changed something, or went wrong.
package struct ProvisioningCall: Sendable {
    package let id: ProvisioningCallID
    package let client: String
    package let operation: String
    package let subject: String?
    package let status: Int
    package let note: String?
    package let at: Date
}

extension ProvisioningCall: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("client", \.client, .text(1...100))
        Field("operation", \.operation, .text(1...100))
        Field("subject", \.subject, .text(1...300), note: "Who or what it was about.")
        Field("status", \.status, .int(100...599))
        Field("note", \.note, .lines(0...1000), note: "Why it was refused, or what of it was not done.")
        Field("at", \.at)
    }

    package static let listing = Listing<ProvisioningCall>(
        key: Column("id", "c.provisioning_call_id", \.id), order: .descending("at"), sortable: ["at"],
        columns: [Column("at", "c.at", \.at)])
}
