package import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Outbound
import Postgres

/// The secrets that pushes are signed with: made from the installation's key when they are needed, and stored nowhere.
package struct BillingSecrets: Sendable {
    let secret: @Sendable (_ version: Int) -> WebhookSecret

    package init(root: RootKey) {
        secret = { WebhookSecret(derivedFrom: root, for: "billing-push/\($0)") }
    }
}

/// Where invoices are sent.
package struct BillingTarget: WireValue, Equatable {
    package let url: String
    package let secretVersion: Int
    package let changedAt: Date

    init(_ row: inout Row) throws {
        url = try row.next()
        secretVersion = try row.next()
        changedAt = try row.next()
    }

    private init(url: String, secretVersion: Int, changedAt: Date) {
        self.url = url
        self.secretVersion = secretVersion
        self.changedAt = changedAt
    }

    package static let schema: Schema<Self> = .record { url, version, changedAt in
        Self(url: url, secretVersion: version, changedAt: changedAt)
    } fields: {
        Field("url", \.url, .text(8...2000))
        Field("secretVersion", \.secretVersion, .int(1...Int(Int32.max)))
        Field("changedAt", \.changedAt)
    }
}

/// The body that says where invoices are sent.
package struct SetBillingTarget: WireValue {
    package let url: String

    package init(url: String) throws(Invalid) {
        guard (try? OutboundURL(url)) != nil, !url.contains("#") else {
            throw Invalid("must be an http or https address without credentials", field: "url")
        }
        self.url = url
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("url", \.url, .text(8...2000), note: "It may be of the provider's own network.")
    }
}

/// Where invoices are sent from now on, and how they are signed.
package struct NewBillingTarget: WireValue {
    package let target: BillingTarget
    package let secret: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("target", \.target)
        Field("secret", \.secret, .text(1...200), note: "Shown this once: whsec_ and the signing key in base64.")
    }
}

/// The SQL of where invoices are sent.
enum BillingTargetStore {
    static let find: SQL = "select url, secret_version, changed_at from billing_targets where name = 'invoices'"

    /// Every change makes a new secret.
    static func set(_ url: String, at now: Date) -> SQL {
        """
        insert into billing_targets (name, url, changed_at) values ('invoices', \(url), \(now))
        on conflict (name) do update set url = excluded.url, changed_at = excluded.changed_at,
          secret_version = billing_targets.secret_version + 1
        returning url, secret_version, changed_at
        """
    }
}

extension Billing {
    package func target(in scope: ProviderScope) async throws -> BillingTarget {
        guard let target = try await database.first(BillingTargetStore.find, in: scope, { try BillingTarget(&$0) })
        else {
            throw BillingError.noTarget
        }
        return target
    }

    package func setTarget(
        _ request: SetBillingTarget, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws -> NewBillingTarget {
        try await database.transaction(in: scope) { transaction in
            let target = try await transaction.first(
                BillingTargetStore.set(request.url, at: now), { try BillingTarget(&$0) })
            guard let target else { throw BillingError.noTarget }
            // The address may carry a token of its own: the trail tells the host.
            audit.detail("host", .string(try OutboundURL(request.url).destination.host))
            try await audit.write(in: transaction)
            return NewBillingTarget(target: target, secret: secrets.secret(target.secretVersion).reveal())
        }
    }
}
