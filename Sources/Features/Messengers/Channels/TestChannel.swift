import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Messaging
import Postgres

extension Messengers {
    /// Sends the person who asks a card that decides nothing.
    package func test(
        _ id: MessengerChannelID, by user: UserID, maySay: Bool, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> ChannelTest {
        // It may register the callback anew.
        guard maySay else { throw MessengerError.beyondOwnPermissions }
        guard let sealed = try await channels.sealed([id], in: scope, database).first else {
            throw MessengerError.notFound
        }
        audit.target("messenger-channel", id.text, name: sealed.channel.name)
        let result = try await test(sealed, by: user, at: now, in: scope)
        audit.detail("outcome", .string(result.outcome.rawValue))
        return result
    }

    private func test(
        _ sealed: SealedChannel, by user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> ChannelTest {
        let vault = try await ChannelVault(sealed.sealed, of: sealed.channel.id, keys, in: scope)
        let channel = OpenChannel(
            sealed.channel, vault.secrets, opened: try await EgressOpenings(database: database)(in: scope), in: scope)
        guard let person = try await people.people([user], scope)[user] else { throw MessengerError.notFound }
        let portal = try await portal(scope)
        do {
            if let register = channel.vendor.register(
                callback: "\(portal)/api/v1/messenger-callbacks/\(vault.callback)")
            {
                _ = try await ask(register, through: channel, at: now)
            }
            let address: String?
            if let room = channel.vendor.room {
                address = room
            } else if let link = channel.channel.link {
                address = try await people.subjects([user], link, scope)[user]
                    .flatMap(channel.vendor.address(ofSubject:))
            } else {
                address = try await look(for: person.email ?? "", through: channel, at: now)
            }
            guard let address else { return ChannelTest(outcome: .unlinked, detail: "") }
            let card = ApprovalCard(
                ticket: .new(at: now), number: 0, kind: "general", requester: person.name, facts: [], reason: "",
                risk: nil, levels: [], state: .open, digest: "", deadline: nil)
            let face = CardFace(
                card, mode: .trial, language: CardLanguage(tag: person.language), reference: "", link: portal)
            let once = "gh-" + Base64URL.encode(SecureRandom.bytes(16))
            _ = try await ask(channel.vendor.send(face, to: address, once: once), through: channel, at: now)
            return ChannelTest(outcome: .sent, detail: "")
        } catch {
            guard let fault = VendorFault.of(error) else { throw CancellationError() }
            return ChannelTest(outcome: .failed, detail: fault.text)
        }
    }
}
