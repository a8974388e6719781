import FoundationEssentials
import Kernel
import Messaging
import Tenancy

/// What the cards of one tenant are sent with: read once for all of them.
struct CardGround: Sendable {
    /// Those whose secrets can be opened now.
    let channels: [MessengerChannelID: OpenChannel]
    let requests: [TicketID: ApprovalCard]
    let people: [UserID: CardPerson]
    let subjects: [MessengerChannelID: [UserID: String]]
    let addresses: [MessengerChannelID: [UserID: FoundPerson]]
    /// Of whom there are notices: where they may be told.
    let ways: [UserID: [MessengerChannel]]
    let portal: String
    let scope: TenantScope

    /// Where somebody is at the vendor, as far as that is known here.
    func address(of user: UserID?, through channel: OpenChannel) -> String? {
        if let room = channel.vendor.room { return room }
        guard let user else { return nil }
        let id = channel.channel.id
        switch channel.channel.people {
        case .links: return subjects[id]?[user].flatMap(channel.vendor.address(ofSubject:))
        case .email:
            guard let email = people[user]?.email?.lowercased(), let found = addresses[id]?[user],
                found.email == email
            else { return nil }
            return found.address
        }
    }
}

extension Messengers {
    /// For how long an address counts that a vendor has named for a mail address: for sending, and for a click.
    static let (agreed, agreedForClicks): (TimeInterval, TimeInterval) = (86_400, 900)

    func ground(for waiting: [KeptCard], at now: Date, in scope: TenantScope) async throws -> CardGround {
        let chain = try await keys.chain(in: scope)
        let opened = try await EgressOpenings(database: database)(in: scope)
        let users = Array(Set(waiting.compactMap(\.user)))
        let sealed = try await channels.sealed(Array(Set(waiting.map(\.channel))), in: scope, database)
        var open: [MessengerChannelID: OpenChannel] = [:]
        var subjects: [MessengerChannelID: [UserID: String]] = [:]
        for sealed in sealed {
            let channel = sealed.channel
            // One whose secrets cannot be opened stands in nobody's way; what is for it comes again.
            guard let vault = try? ChannelVault(sealed.sealed, of: channel.id, chain) else { continue }
            open[channel.id] = OpenChannel(channel, vault.secrets, opened: opened, in: scope)
            if let link = channel.link { subjects[channel.id] = try await people.subjects(users, link, scope) }
        }
        let found = try await channels.addresses(
            of: users, in: sealed.map(\.channel).filter { $0.people == .email }.map(\.id), since: now - Self.agreed,
            scope: scope, database)
        let known = try await people.people(users, scope)
        let told = Set(waiting.filter { $0.notice != nil }.compactMap(\.user))
        return CardGround(
            channels: open, requests: try await desk.cards(Array(Set(waiting.compactMap(\.ticket))), scope),
            people: known, subjects: subjects,
            addresses: Dictionary(grouping: found, by: \.channel).mapValues { people in
                Dictionary(people.map { ($0.user, $0) }) { first, _ in first }
            },
            ways: told.isEmpty ? [:] : try await ways(to: known.filter { told.contains($0.key) }, at: now, in: scope),
            portal: try await portal(scope), scope: scope)
    }
}
