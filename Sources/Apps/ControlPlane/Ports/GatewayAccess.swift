import Access
import Assets
import FoundationEssentials
import GatewayContract
import Hosting
import Kernel
import Tenancy
import Vault

/// Assets, Vault and Access, as Hosting asks them whether a session may be opened.
struct GatewayAccess: SessionAccess {
    let assets: Assets
    let vault: Vault
    let access: Access
    let requests: GatewayRequests

    func decide(_ wish: AccessWish, at now: Date, in scope: TenantScope) async throws -> AccessAnswer {
        guard let asset = try await asset(wish.target.asset, in: scope) else {
            return .refused(Self.unknown(wish.target.asset))
        }
        let name: AccountName
        switch try await account(wish, on: asset, at: now, in: scope) {
        case .one(let found): name = found
        case .refused(let refusal): return .refused(refusal)
        }
        let question = AccessQuestion(
            user: wish.user.id, asset: asset.id, account: name, protocol: .ssh, action: .connect, at: now)
        let decision = try await access.decide(question, in: scope)
        guard let opening = decision.opening else {
            return .refused(try await refusal(decision, question, asset, in: scope))
        }
        guard let account = try await vault.find(name, on: asset.id, in: scope) else {
            return .refused(Self.unknown("\(name.text) on \(asset.name.text)"))
        }
        return .allowed(
            AllowedTarget(
                asset: NamedAsset(id: asset.id, name: asset.name.text),
                addresses: [GatewayContract.AssetAddress(host: asset.address.text, port: asset.port)],
                account: account.id, accountName: account.name.text, actions: opening.actions.map(\.rawValue),
                grant: opening.grant, grantEndsAt: opening.until, isStrict: opening.isStrict))
    }

    private enum Choice {
        case one(AccountName)
        case refused(SessionRefused)
    }

    /// The account that was named, or the only one that is open.
    private func account(
        _ wish: AccessWish, on asset: Asset, at now: Date, in scope: TenantScope
    ) async throws -> Choice {
        if let text = wish.target.account {
            guard let name = try? AccountName(parsing: text) else { return .refused(Self.unknown(text)) }
            return .one(name)
        }
        let reach = try await access.reach(
            of: wish.user.id, matching: asset.name.text, after: nil, limit: 50, at: now, in: scope)
        let open = reach.first { $0.id == asset.id }?.accounts ?? []
        if open.count == 1 { return .one(open[0].name) }
        let text =
            open.isEmpty
            ? "Nothing grants you an account on \(asset.name.text)."
            : "Say which account: \(open.map(\.name.text).joined(separator: ", "))."
        let code = open.isEmpty ? "no-grant" : "account-needed"
        let hint =
            open.isEmpty ? try await requests.hint(asset, nil, for: wish.user.id, at: now, in: scope) : nil
        return .refused(SessionRefused(text: text, reasons: [RefusalReason(code: code, text: text)], request: hint))
    }

    private func asset(_ text: String, in scope: TenantScope) async throws -> Asset? {
        if let id = AssetID(text) { return try? await assets.find(id, in: scope) }
        guard let name = try? AssetName(parsing: text) else { return nil }
        return try await assets.find(named: name, in: scope)
    }

    private func refusal(
        _ decision: Decision, _ question: AccessQuestion, _ asset: Asset, in scope: TenantScope
    ) async throws -> SessionRefused {
        let hint =
            decision.canBeAskedFor
            ? try await requests.hint(asset, question.account, for: question.user, at: question.at, in: scope) : nil
        return SessionRefused(
            text: decision.reasons.first?.text ?? "This is not granted to you.",
            reasons: decision.reasons.map { RefusalReason(code: $0.code.rawValue, text: $0.text) }, request: hint)
    }

    private static func unknown(_ what: String) -> SessionRefused {
        let text =
            "There is no \(what.prefix(100)) that you could reach. Check the name, or ask for access in the portal."
        return SessionRefused(text: text, reasons: [RefusalReason(code: "unknown-target", text: text)])
    }
}
