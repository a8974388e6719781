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
        if let vendor, vendor.isRoom { return try await say(notice, inRoomsOf: vendor, at: now, in: scope) }
        guard let user = notice.user else { return false }
        let known = try await people.people([user], scope)
        let ways = try await ways(to: known, at: now, in: scope)[user] ?? []
        guard let channel = ways.first(where: { vendor == nil || $0.settings.vendor == vendor }) else { return false }
        try await add(
            [(channel.id, "\(vendor?.rawValue ?? "") \(notice.occasion)")], notice, vendor, at: now, in: scope)
        return true
    }

    /// The same in all rooms that the company has there, once in each; false if it has none.
    private func say(
        _ notice: ChatNotice, inRoomsOf vendor: ChannelVendor, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        let rooms = try await channels.enabled(in: scope, database).filter { $0.settings.vendor == vendor }
        guard !rooms.isEmpty else { return false }
        try await add(rooms.map { ($0.id, "\($0.id.text) \(notice.occasion)") }, notice, vendor, at: now, in: scope)
        return true
    }

    private func add(
        _ places: [(channel: MessengerChannelID, occasion: String)], _ notice: ChatNotice, _ vendor: ChannelVendor?,
        at now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            let new = places.map { place in
                (
                    card: MessengerCardID.new(at: now), channel: place.channel,
                    nonce: Base64URL.encode(SecureRandom.bytes(16)), occasion: place.occasion
                )
            }
            try await cards.add(notice, through: vendor, new, at: now, in: scope, tx)
        }
    }

    /// The channels by which these people may be reached, those that rest last.
    func ways(
        to people: [UserID: CardPerson], at now: Date, in scope: TenantScope
    ) async throws -> [UserID: [MessengerChannel]] {
        let enabled = try await channels.enabled(in: scope, database).filter { !$0.settings.isRoom }
        let isResting = { (channel: MessengerChannel) in channel.restingUntil.map { $0 > now } ?? false }
        var ways: [UserID: [MessengerChannel]] = [:]
        for channel in enabled.filter({ !isResting($0) }) + enabled.filter(isResting) {
            let there: [UserID]
            switch channel.people {
            case .email: there = people.filter { $0.value.email?.isEmpty == false }.map(\.key)
            case .links:
                guard let link = channel.link else { continue }
                there = Array(try await self.people.subjects(Array(people.keys), link, scope).keys)
            }
            for user in there { ways[user, default: []].append(channel) }
        }
        return ways
    }
}

extension CardGround {
    /// A notice waits for no vendor who does not take it, as long as there is another who may.
    func rerouted(_ result: CardResult) -> CardResult {
        guard var notice = result.card.notice else { return result }
        switch result.outcome {
        case .closed, .dead: break
        case .later(_, let counting): guard !counting || result.card.attempts > 0 else { return result }
        case .shown, .elsewhere: return result
        }
        let vendor = notice["vendor"]?.text
        var tried: [JSON] = if case .array(let all)? = notice["tried"] { all } else { [] }
        tried.append(.string(result.card.channel.text))
        guard
            let user = result.card.user,
            let next = ways[user]?.first(where: { channel in
                !tried.contains(.string(channel.id.text))
                    && (vendor == nil || channel.settings.vendor.rawValue == vendor)
            })
        else { return result }
        notice = notice.merging(["tried": .array(tried)])
        var result = result
        result.card.notice = notice
        result.outcome = .elsewhere(next.id)
        return result
    }
}
