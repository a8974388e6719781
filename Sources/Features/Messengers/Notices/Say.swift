import Cryptography
package import FoundationEssentials
package import Kernel
import Postgres

extension Messengers {
    /// Puts news on their way to somebody's chat, at the first channel at which they are known: of this vendor, or of any. A
    /// pump sends them, tries again, and goes on to the next channel if one does not take them. False if there is no
    /// channel at which they could be found.
    package func say(
        _ notice: ChatNotice, through vendor: ChannelVendor? = nil, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        guard let person = try await people.people([notice.user], scope)[notice.user],
            let channel = try await channels(for: notice.user, person, of: vendor, at: now, in: scope).first
        else { return false }
        let occasion = "\(vendor?.rawValue ?? "") \(notice.occasion)"
        try await database.transaction(in: scope) { tx in
            try await cards.add(
                notice, occasion: occasion, to: channel, nonce: Base64URL.encode(SecureRandom.bytes(16)), at: now,
                in: scope, tx)
        }
        return true
    }

    /// The channels by which somebody may be reached, those that rest last.
    func channels(
        for user: UserID, _ person: CardPerson, of vendor: ChannelVendor?, at now: Date, in scope: TenantScope
    ) async throws -> [MessengerChannelID] {
        let enabled = try await channels.enabled(in: scope, database).filter { channel in
            !channel.settings.isRoom && (vendor == nil || channel.settings.vendor == vendor)
        }
        var found: [MessengerChannel] = []
        for channel in enabled {
            switch channel.people {
            case .email: if person.email?.isEmpty == false { found.append(channel) }
            case .links:
                guard let provider = channel.provider, try await people.subjects([user], provider, scope)[user] != nil
                else { continue }
                found.append(channel)
            }
        }
        func rests(_ channel: MessengerChannel) -> Bool { channel.restingUntil.map { $0 > now } ?? false }
        return (found.filter { !rests($0) } + found.filter(rests)).map(\.id)
    }
}
