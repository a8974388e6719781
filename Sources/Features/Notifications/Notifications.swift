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

    /// The ways that there are.
    var there: Set<NoticeChannel> {
        var there: Set<NoticeChannel> = [.site, .mail]
        if ports.messenger != nil { there.insert(.messenger) }
        if ports.sms != nil { there.insert(.sms) }
        return there
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
    /// Sends a message to somebody's chat, outside of any transaction; false if they have none. It may come twice. Whoever
    /// fills this makes text of it that the vendor reads as text, such as by `escapedForMarkup`. Nil if there is no way.
    package var messenger: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)?
    /// The same as a text message.
    package var sms: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)?

    package init(
        mail: @escaping @Sendable ([Letter], TenantScope, Date, Transaction) async throws -> Bool,
        hint: @escaping @Sendable ([UserID], TenantScope, Transaction) async throws -> Void,
        portal: @escaping @Sendable (TenantScope) async throws -> String,
        links: @escaping Links = { _, _, _, _, _ in [:] },
        messenger: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)? = nil,
        sms: (@Sendable (NoticeMessage, TenantScope) async throws -> Bool)? = nil
    ) {
        self.mail = mail
        self.hint = hint
        self.portal = portal
        self.links = links
        self.messenger = messenger
        self.sms = sms
    }
}

/// A notice on its way to one person, as plain text in their language.
package struct NoticeMessage: Sendable, Equatable {
    package let user: UserID
    package let type: String
    /// The same for the same notice, however often it comes.
    package let occasion: String
    package let title: String
    package let body: String
    /// The whole address that it leads to.
    package let link: String
    package let language: PortalLanguage
}
