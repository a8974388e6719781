package import FoundationEssentials
package import Kernel
package import Postgres
package import Tenancy

/// The facade of notices: news that people are told in the portal, by mail and by what else is plugged in.
package struct Notifications: Sendable {
    let database: Database
    let ports: NoticePorts

    package init(database: Database, ports: NoticePorts) {
        self.database = database
        self.ports = ports
    }

    /// The ways that a company has, and which chats are among them. Where there is one chat it need not be named; rooms always
    /// are.
    func there(in scope: TenantScope) async throws -> (ways: Set<NoticeChannel>, chats: Set<NoticeChannel>) {
        var ways: Set<NoticeChannel> = [.site, .mail]
        let places = try await ports.chats?.there(scope) ?? []
        ways.formUnion(places.intersection(NoticeChannel.rooms))
        let chats = places.subtracting(NoticeChannel.rooms)
        if !chats.isEmpty { ways.insert(.messenger) }
        if chats.count > 1 { ways.formUnion(chats) }
        if ports.sms != nil { ways.insert(.sms) }
        return (ways, chats)
    }
}

/// What notices need of others.
package struct NoticePorts: Sendable {
    package typealias Links =
        @Sendable (Notice.Question, [UserID], TenantScope, Date, Transaction) async throws -> [UserID: String]

    /// Puts letters on their way in the transaction that they are of; false if no mail goes at all.
    package var mail: @Sendable ([Letter], TenantScope, Date, Transaction) async throws -> Bool
    /// Tells the open portals of these people, and nobody else's, that there is something new.
    package var hint: @Sendable ([UserID], TenantScope, Transaction) async throws -> Void
    /// Where people open a tenant's portal.
    package var portal: @Sendable (TenantScope) async throws -> String
    /// Paths of the portal that lead each of these people to what is asked of them, in the transaction that tells them.
    package var links: Links
    /// The chats of companies; nil if there is no way.
    package var chats: NoticeChats?
    /// Sends a text message, outside of any transaction; false if somebody has no telephone. It may come twice.
    package var sms: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)?

    package init(
        mail: @escaping @Sendable ([Letter], TenantScope, Date, Transaction) async throws -> Bool,
        hint: @escaping @Sendable ([UserID], TenantScope, Transaction) async throws -> Void,
        portal: @escaping @Sendable (TenantScope) async throws -> String,
        links: @escaping Links = { _, _, _, _, _ in [:] },
        chats: NoticeChats? = nil,
        sms: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)? = nil
    ) {
        self.mail = mail
        self.hint = hint
        self.portal = portal
        self.links = links
        self.chats = chats
        self.sms = sms
    }
}

/// How people are written to in chats.
package struct NoticeChats: Sendable {
    /// The chats and rooms that a company has, of those that may be named.
    package var there: @Sendable (TenantScope) async throws -> Set<NoticeChannel>
    /// Puts a message on its way to somebody, outside of any transaction: in the chat that is named, or for `.messenger` where
    /// they are found first. In a room all read it, whomever it names. False if they are found in none. It may come twice.
    /// Whoever fills this makes text of it that the vendor reads as text.
    package var say: @Sendable (NoticeMessage, NoticeChannel, TenantScope) async throws -> Bool

    package init(
        there: @escaping @Sendable (TenantScope) async throws -> Set<NoticeChannel>,
        say: @escaping @Sendable (NoticeMessage, NoticeChannel, TenantScope) async throws -> Bool
    ) {
        self.there = there
        self.say = say
    }
}

/// A notice on its way to one person, as plain text in their language.
package struct NoticeMessage: Sendable, Equatable {
    /// Nil for a room, in which nobody by themselves is told.
    package let user: UserID?
    package let type: String
    /// The same for the same notice, however often it comes.
    package let occasion: String
    package let title: String
    package let body: String
    /// The whole address that it leads to.
    package let link: String
    package let language: PortalLanguage
}
