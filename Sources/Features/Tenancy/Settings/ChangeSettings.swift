import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Changes settings: each is held against its declaration and against what it meets here, and the trail says what was
/// and what is. Secrets are sealed before they are written, and no trail has them.
struct ChangeSettings {
    let database: Database
    let keys: TenantKeys
    let baseDomain: String
    /// Whether it is done by whoever keeps the mail server, and nothing else.
    var keepsMail = false

    func callAsFunction(
        _ changes: SettingChanges, from version: Int?, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws {
        audit.target("tenant", scope.tenant.text)
        let needsKeys = changes.items.contains { !$0.declaration.secrets.isEmpty }
        let chain = needsKeys ? try await keys.chain(in: scope) : nil
        try await database.transaction(in: scope) { tx in
            guard let before = try await SettingStore.lock(in: scope, tx) else { throw SettingError.noTenant }
            guard before.version == version else { throw SettingError.changed }
            var after = before.values
            var trail: [JSON.Member] = []
            var touchesRow = false
            for item in changes.items {
                let declaration = item.declaration
                let value = item.value ?? declaration.standard
                let old = declaration.ordered(before.values[declaration.name] ?? declaration.standard)
                let hadSecret = before.sealed.contains(declaration.name)
                guard value != old || item.secrets != [:] || item.value == nil && hadSecret else { continue }
                try await check(item, value, from: old, in: scope, tx)
                after[declaration.name] = item.value == nil ? nil : value
                if declaration.home == .value {
                    try await store(item, old: old, chain, by: user, at: now, in: scope, tx)
                } else if item.value == nil {
                    after[declaration.name] = declaration.standard
                }
                touchesRow = touchesRow || declaration.home != .value
                trail.append(JSON.Member(declaration.name, line(item, from: old, to: value)))
            }
            guard !trail.isEmpty else { return }
            try await SettingStore.update(after, in: scope, tx)
            audit.detail("settings", .object(trail))
            try await audit.write(in: tx)
            try await SettingStore.announce(scope, in: tx)
            if touchesRow { try await TenantStore.announceAll(in: tx) }
        }
    }

    /// What only this installation can tell.
    private func check(
        _ item: SettingChanges.Item, _ value: JSON, from old: JSON, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let text = value.text ?? ""
        var finding = try await dutyFinding(item, value, from: old, in: scope, tx)
        switch item.declaration.home {
        case .name: if item.value == nil { finding = Invalid("must be there") }
        case .timeZone:
            if try await !SettingStore.isTimeZone(text, tx) { finding = Invalid("is not the name of a time zone") }
        case .hostName:
            if CustomHostName(text)?.isUnder(baseDomain) == true {
                finding = Invalid("is a name of this installation; give one of your own")
            }
        case .value, .language: break
        }
        if let finding { throw SettingError.refused(item.declaration.name, finding) }
    }

    /// Where administrators are divided, nobody who decides about access reads the mail by which others come in (whoever keeps
    /// what there is does that, who lets people in anyway), and
    /// nobody shortens what the audit has to look at below what classified protection asks for.
    private func dutyFinding(
        _ item: SettingChanges.Item, _ value: JSON, from old: JSON, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Invalid? {
        let name = item.declaration.name
        let isMail = name == Setting.mailServer.name
        let isRetention = [Setting.recordingDays.name, Setting.auditDays.name].contains(name)
        guard isMail || isRetention,
            try await tx.first("select gatehouse_duties_separated(\(scope.tenant))", { try $0.next(Bool.self) }) == true
        else { return nil }
        if isMail { return keepsMail ? nil : Invalid("is the system administrator's while duties are separated") }
        // What is too little already may become more: otherwise it would stay as little as it is.
        guard case .int(let days) = value, days < 180 else { return nil }
        if case .int(let before) = old, days >= before { return nil }
        return Invalid("must be 180 days at least while duties are separated")
    }

    private func store(
        _ item: SettingChanges.Item, old: JSON, _ chain: TenantKeyChain?, by user: UserID, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let declaration = item.declaration
        guard let value = item.value else {
            try await SettingStore.remove(declaration.name, in: scope, tx)
            return
        }
        var sealed: SealedValue?
        if let chain, !declaration.secrets.isEmpty {
            let kept = try await kept(declaration, from: old, to: value, chain, in: scope, tx)
            let secrets = kept.merging(item.secrets)
            if let finding = declaration.finding(value.merging(secrets)) {
                throw SettingError.refused(declaration.name, finding)
            }
            if secrets != [:] {
                sealed = try chain.seal(
                    secrets.bytes, table: SettingStore.table, row: declaration.name, version: 1)
            }
        }
        try await SettingStore.put(declaration.name, value, sealed, by: user, at: now, in: scope, tx)
    }

    /// The secrets that stay: all of them, as long as the value says to go to the same place.
    private func kept(
        _ declaration: SettingDeclaration, from old: JSON, to new: JSON, _ chain: TenantKeyChain,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> JSON {
        guard declaration.anchors.allSatisfy({ old[$0] == new[$0] }) else { return [:] }
        let found = try await tx.first(SettingStore.value(declaration.name, in: scope)) { row in
            _ = try row.next(JSON.self)
            return try row.next([UInt8]?.self)
        }
        guard let sealed = found ?? nil else { return [:] }
        let bytes = try chain.open(sealed, table: SettingStore.table, row: declaration.name, version: 1)
        return try JSONParser.parse(bytes)
    }

    private func line(_ item: SettingChanges.Item, from old: JSON, to new: JSON) -> JSON {
        func short(_ value: JSON) -> JSON {
            guard item.declaration.isBulky, let text = value.text else { return value }
            return .string("sha256:" + Hash256.of(Array(text.utf8)).hex.prefix(16))
        }
        var line: JSON = ["from": short(old), "to": short(new)]
        if case .object(let members) = item.secrets, !members.isEmpty {
            line = line.merging(["secrets": .array(members.map { .string($0.name) })])
        }
        return line
    }
}
