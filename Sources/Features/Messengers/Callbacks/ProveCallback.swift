import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

extension Messengers {
    /// What a call tells, if it is the vendor's. Until that is known it costs a look at what the channel's calls are checked
    /// by, which is kept for a moment; what has been kept may be old, so that what passes is checked by what is now.
    func proven(
        _ token: String, _ callback: RawCallback, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> (channel: OpenChannel, told: VendorCallback) {
        let place = CallbackKeys.Place(tenant: scope.tenant, hash: RandomToken.hash(of: token).bytes)
        if let known = callbackKeys.find(place, olderThan: callbackKeys.kept), !known.isOld {
            if let told = try? known.channel.vendor.read(callback, at: now) {
                if try await isCurrent(known.channel.channel, in: scope) { return (known.channel, told) }
            } else if callbackKeys.find(place, olderThan: callbackKeys.doubted)?.isOld == false {
                try refuse(known.channel, .unsigned, at: place, audit: audit)
            }
        }
        guard let sealed = try await channels.sealed(callback: place.hash, in: scope, database) else {
            callbackKeys.forget(place)
            audit.skip()
            throw MessengerError.notFound
        }
        let vault = try await ChannelVault(sealed.sealed, of: sealed.channel.id, keys, in: scope)
        let channel = OpenChannel(sealed.channel, vault.secrets, opened: [], in: scope)
        callbackKeys.keep(channel, at: place)
        do throws(CallbackRefusal) {
            return (channel, try channel.vendor.read(callback, at: now))
        } catch {
            try refuse(channel, error, at: place, audit: audit)
        }
    }

    private func isCurrent(_ channel: MessengerChannel, in scope: TenantScope) async throws -> Bool {
        guard let now = try await channels.find(channel.id, in: scope, database) else { return false }
        return now.state == .enabled && now.version == channel.version
    }

    private func refuse(
        _ channel: OpenChannel, _ reason: CallbackRefusal, at place: CallbackKeys.Place, audit: AuditDraft
    ) throws -> Never {
        if callbackKeys.isNewsworthy(place) {
            audit.target("messenger-channel", channel.channel.id.text, name: channel.channel.name)
            audit.detail("reason", .string("\(reason)"))
        } else {
            audit.skip()
        }
        throw MessengerError.callbackRefused
    }
}
