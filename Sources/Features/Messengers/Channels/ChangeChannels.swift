import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Messengers {
    /// How many a tenant may have: each approver is asked through each of them.
    package static let mostChannels = 20

    /// Adds a channel. Whoever does says who answers for approvers, so `maySay` is for those who decide that anyway.
    package func create(
        _ request: CreateMessengerChannel, maySay: Bool, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> MessengerChannel {
        guard maySay else { throw MessengerError.beyondOwnPermissions }
        let channel = MessengerChannel(
            id: .new(at: now), name: request.name, settings: request.settings, people: request.people,
            provider: request.provider, trustsDirectory: request.trustsDirectory, state: .enabled, restingUntil: nil,
            lastError: nil, createdAt: now, version: 1)
        try await check(channel, in: scope)
        let callback = RandomToken()
        let vault = ChannelVault(
            callback: callback.text.reveal(), secrets: try secrets(request.secrets, besides: nil, for: channel.settings)
        )
        let sealed = try await vault.sealed(for: channel.id, keys, in: scope)
        try await database.transaction(in: scope) { tx in
            guard try await channels.countHeld(in: scope, tx) < Self.mostChannels else { throw MessengerError.tooMany }
            try await channels.insert(channel, secrets: sealed, callback: callback.hash.bytes, in: scope, tx)
            try await streams.want(channel, at: now, in: scope, tx)
            audit.target("messenger-channel", channel.id.text, name: channel.name)
            try await audit.write(in: tx)
        }
        return try await find(channel.id, at: now, in: scope)
    }

    /// Changes a channel. The address of its callbacks stays.
    package func change(
        _ id: MessengerChannelID, to change: ChangeMessengerChannel, from version: Int, maySay: Bool,
        at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> MessengerChannel {
        guard maySay else { throw MessengerError.beyondOwnPermissions }
        guard let known = try await channels.sealed([id], in: scope, database).first else {
            throw MessengerError.notFound
        }
        guard known.channel.version == version else { throw MessengerError.changed }
        // Sealed before the transaction: keys are never waited for with a connection in hand.
        var channel = known.channel
        channel.name = change.name.applied(to: channel.name)
        channel.settings = change.settings.applied(to: channel.settings)
        channel.people = change.people.applied(to: channel.people)
        channel.provider = change.provider.applied(to: channel.provider)
        channel.trustsDirectory = change.trustsDirectory.applied(to: channel.trustsDirectory)
        channel.state = change.state.applied(to: channel.state)
        channel.version += 1
        try await check(channel, in: scope)
        let given: [ChannelSecret] = if case .set(let secrets) = change.secrets { secrets } else { [] }
        var vault = try await ChannelVault(known.sealed, of: id, keys, in: scope)
        let keeps = channel.settings.mayKeepSecrets(of: known.channel.settings)
        vault.secrets = try secrets(given, besides: keeps ? vault.secrets : nil, for: channel.settings)
        let sealed = given.isEmpty && keeps ? nil : try await vault.sealed(for: id, keys, in: scope)
        // Where the address is a secret, a new one is another place.
        let isMoved = given.contains { $0.name == .webhookUrl }
        let isElsewhere = !keeps || isMoved || channel.people != known.channel.people
        let changed = channel
        try await database.transaction(in: scope) { tx in
            guard let held = try await channels.lock(id, in: scope, tx) else { throw MessengerError.notFound }
            guard held.channel.version == version else { throw MessengerError.changed }
            try await channels.update(changed, in: scope, tx)
            try await streams.want(changed, at: now, in: scope, tx)
            if let sealed { try await channels.setSecrets(sealed, of: id, in: scope, tx) }
            // Who somebody is at one place says nothing about another.
            if isElsewhere { try await cards.forget(channel: id, in: scope, tx) }
            audit.target("messenger-channel", id.text, name: changed.name)
            try await audit.write(in: tx)
        }
        // Other nodes hear of it when what they have kept is old.
        callbackKeys.forget(
            CallbackKeys.Place(tenant: scope.tenant, hash: RandomToken.hash(of: vault.callback).bytes))
        return try await find(id, at: now, in: scope)
    }

    /// Removes a channel; cards that are out there are answered no more.
    package func delete(_ id: MessengerChannelID, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            guard let held = try await channels.lock(id, in: scope, tx) else { throw MessengerError.notFound }
            try await channels.delete(id, in: scope, tx)
            try await streams.call(tx)
            audit.target("messenger-channel", id.text, name: held.channel.name)
            try await audit.write(in: tx)
        }
    }

    /// Where the vendor has to call for this channel.
    package func callback(
        of id: MessengerChannelID, maySay: Bool, audit: AuditDraft, in scope: TenantScope
    ) async throws -> ChannelCallback {
        // At some vendors a click is worth what the secrecy of this is.
        guard maySay else { throw MessengerError.beyondOwnPermissions }
        guard let known = try await channels.sealed([id], in: scope, database).first else {
            throw MessengerError.notFound
        }
        audit.target("messenger-channel", id.text, name: known.channel.name)
        let vault = try await ChannelVault(known.sealed, of: id, keys, in: scope)
        try await database.transaction(in: scope) { tx in try await audit.write(in: tx) }
        return ChannelCallback(url: "\(try await portal(scope))/api/v1/messenger-callbacks/\(vault.callback)")
    }

    /// Links say who somebody is at the same messenger and company, or say nothing.
    private func check(_ channel: MessengerChannel, in scope: TenantScope) async throws {
        try ChannelWord.checkStream(channel.settings.apiUrl, channel.settings.delivery)
        guard (channel.people == .links) == (channel.provider != nil) else {
            throw Invalid(
                channel.provider == nil ? "is needed for links" : "is of no use without links", field: "provider")
        }
        guard let provider = channel.provider else { return }
        let (vendor, company) = (channel.settings.vendor, channel.settings.company)
        guard try await people.isThere(provider, vendor, company, scope) else {
            throw Invalid("must be a sign-in provider of the same company at the same messenger", field: "provider")
        }
    }

    /// Exactly those that the vendor takes, each once.
    private func secrets(
        _ given: [ChannelSecret], besides old: ChannelSecrets?, for settings: ChannelSettings
    ) throws(Invalid) -> ChannelSecrets {
        var all = old ?? ChannelSecrets()
        guard Set(given.map(\.name)).count == given.count else { throw Invalid("names one twice", field: "secrets") }
        for secret in given {
            guard settings.secrets.contains(where: { $0.name == secret.name }) else {
                throw Invalid("has \(secret.name.rawValue), which this vendor does not take", field: "secrets")
            }
            all.put(secret.value, as: secret.name)
        }
        for (name, isRequired) in settings.secrets where isRequired && !all.has(name) {
            throw Invalid("needs \(name.rawValue): for a new place it has to be given again", field: "secrets")
        }
        return all
    }
}
