package import Assets
package import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A login on an asset. Its secret is elsewhere and never part of this.
package struct Account: Versioned, Sendable {
    package var id: AccountID
    package var asset: AssetID
    package var assetName: String
    package var name: AccountName
    package var kind: SecretKind
    package var privileged: Bool
    /// Its secret is checked out by one person at a time.
    package var exclusive: Bool
    package var secretVersion: Int
    /// People to whom this very secret was shown and whose time with it is over: it should be changed.
    package var known: KnownSecret? = nil
    package var createdAt: Date
    package var version: Int

    package var isKnown: Bool { known != nil }
    package var hasSecret: Bool { secretVersion > 0 }
}

/// What an account proves itself with.
package enum SecretKind: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Sendable {
    case password
    case sshKey = "ssh-key"
}

extension Account: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            id: AccountID, asset: AssetID, assetName: String, name: AccountName, kind: SecretKind, privileged: Bool,
            exclusive: Bool, _: Bool, secretVersion: Int, known: KnownSecret?, createdAt: Date, version: Int
        ) in
        Account(
            id: id, asset: asset, assetName: assetName, name: name, kind: kind, privileged: privileged,
            exclusive: exclusive, secretVersion: secretVersion, known: known, createdAt: createdAt, version: version)
    }) {
        Field("id", \.id)
        Field("asset", \.asset)
        Field("assetName", \.assetName, .text(0...63))
        Field("name", \.name)
        Field("kind", \.kind)
        Field("privileged", \.privileged)
        Field("exclusive", \.exclusive, note: "Its secret is checked out by one person at a time.")
        Field("hasSecret", \.hasSecret)
        Field("secretVersion", \.secretVersion, .int(0...Int(Int32.max)))
        Field(
            "known", \.known, KnownSecret.schema,
            note: "Who was shown this secret and has it no longer: it should be changed. Absent once it is.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    /// What accounts can be filtered and sorted by.
    package static let listing = Listing<Account>(
        key: Column("id", "c.account_id", \.id), order: .ascending("name"), sortable: ["name", "createdAt"],
        columns: [
            Column("name", "c.name", \.name), Column("asset", "c.asset_id", \.asset),
            Column("assetName", "a.name", \.assetName, .text(0...63)),
            Column("kind", "c.kind", \.kind), Column("privileged", "c.privileged", \.privileged),
            Column("isKnown", KnownSecret.exists, \.isKnown),
            Column("createdAt", "c.created_at", \.createdAt),
        ])
}

/// The body that adds an account.
package struct CreateAccount: WireValue {
    package let asset: AssetID
    package let name: AccountName
    package let kind: SecretKind
    package let secret: Secret?
    package let privileged: Bool
    package let exclusive: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("name", \.name)
        Field("kind", \.kind)
        Field("secret", \.secret, SecretText.schema, note: "A password, or a private key in OpenSSH or PEM form.")
        Field("privileged", \.privileged, Bool.schema.otherwise(false))
        Field(
            "exclusive", \.exclusive, Bool.schema.otherwise(false),
            note: "Its secret is checked out by one person at a time.")
    }
}

/// The body that changes an account.
package struct ChangeAccount: WireValue {
    package let name: Change<AccountName>
    package let privileged: Change<Bool>
    package let exclusive: Change<Bool>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("privileged", \.privileged)
        Field("exclusive", \.exclusive)
    }
}

/// The body that replaces a secret.
package struct SetSecret: WireValue {
    package let secret: Secret

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("secret", \.secret, SecretText.schema)
    }
}

/// The body that asks to see a secret.
package struct RevealSecret: WireValue {
    package let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, .text(1...500), note: "Goes into the audit trail.")
    }
}

/// A secret in clear, on its way to a person who may see it. Never stored, never logged.
package struct RevealedSecret: WireValue, Sendable {
    package let name: AccountName
    package let kind: SecretKind
    package let secretVersion: Int
    package let secret: Redacted<String>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("kind", \.kind)
        Field("secretVersion", \.secretVersion, .int(1...Int(Int32.max)))
        Field("secret", \.secret, Schema<String>.lines(0...16_384).map({ Redacted($0) }, { $0.reveal() }))
    }
}

/// How a secret is read: up to 16 KiB, which fits every private key.
enum SecretText {
    static let schema = Schema<Secret>(
        shape: Schema<String>.lines(1...16_384).shape, isWriteOnly: true,
        read: { json, reading in Schema<String>.lines(1...16_384).read(json, &reading).map(Secret.init) },
        write: { _, writer in writer.null() })
}
