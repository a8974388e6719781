import Assets
import Audit
import FoundationEssentials
import Identity
import Kernel
import Notifications
import Vault

extension NoticeEvents {
    func secretNotices(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        guard let asset = event.data["asset"]?.text.flatMap({ AssetID($0) }),
            let user = event.data["user"]?.text.flatMap({ UserID($0) }),
            let asset = try await found(asset, in: scope)
        else { return [] }
        let secret = HeldSecret(event: event, user: user, asset: asset)
        return switch event.type {
        case VaultEvents.shownType: try await shown(secret, in: scope)
        case VaultEvents.endingSoonType: endingSoon(secret)
        case VaultEvents.checkedInType: try await known(secret, in: scope) + ended(secret)
        default: []
        }
    }

    private struct HeldSecret {
        let event: DomainEvent
        let user: UserID
        let asset: Asset

        var values: [String: Notice.Value] {
            ["account": .text(event.data["name"]?.text ?? ""), "asset": .text(asset.name.text)]
        }

        func notice(
            _ type: NoticeType, _ people: [UserID], _ more: [String: Notice.Value], at link: String
        ) -> Notice {
            Notice(
                type, occasion: event.id.text, to: .people(people), values.merging(more) { $1 }, link: link)
        }
    }

    /// Who answers for the asset, unless it was they who looked.
    private func shown(_ secret: HeldSecret, in scope: TenantScope) async throws -> [Notice] {
        guard let owner = secret.asset.owner?.id, owner != secret.user else { return [] }
        let way = secret.event.data["checkOut"]?.text == nil ? "revealed" : "checked-out"
        return [
            // Whoever answers for an asset need not be somebody who may look at assets.
            secret.notice(
                .secretShown, [owner], ["who": .text(try await name(secret, in: scope)), "because": .word(way)],
                at: "/notices")
        ]
    }

    /// Who answers for the asset or a folder above it, if whoever had the secret knows the one that the account has.
    private func known(_ secret: HeldSecret, in scope: TenantScope) async throws -> [Notice] {
        guard secret.event.data["isKnown"] == .bool(true) else { return [] }
        // Whoever had it hears that their time is over.
        let owners = try await assets.owners(of: secret.asset.id, in: scope).filter { $0 != secret.user }
        return [
            secret.notice(
                .secretKnown, owners, ["who": .text(try await name(secret, in: scope))], at: "/notices")
        ]
    }

    private func endingSoon(_ secret: HeldSecret) -> [Notice] {
        guard let end = secret.event.data["endsAt"]?.text.flatMap(Timestamp.parse) else { return [] }
        return [secret.notice(.secretEndingSoon, [secret.user], ["end": .time(end)], at: "/my/secrets")]
    }

    /// Whoever had it, unless they are disabled.
    private func ended(_ secret: HeldSecret) -> [Notice] {
        let words = ["time": "time-over", "checked-in": "given-back", "revoked": "taken-back"]
        guard let word = secret.event.data["because"]?.text.flatMap({ words[$0] }) else { return [] }
        return [secret.notice(.secretEnded, [secret.user], ["because": .word(word)], at: "/my/secrets")]
    }

    private func name(_ secret: HeldSecret, in scope: TenantScope) async throws -> String {
        try await identity.directory.user(secret.user, in: scope)?.name ?? "?"
    }

    private func found(_ id: AssetID, in scope: TenantScope) async throws -> Asset? {
        do {
            return try await assets.find(id, in: scope)
        } catch AssetError.notFound {
            return nil
        }
    }
}
