import Access
import Assets
import Audit
import FoundationEssentials
import GatewayContract
import Hosting
import Identity
import Kernel
import Messaging
import Messengers
import Notifications
import Sessions
import Tickets
import Vault

extension Features {
    /// Who reacts to what. Everything here may run twice for the same event.
    func subscribers(portal: PortalEventHub, now: @escaping @Sendable () -> Date) -> [EventSubscriber] {
        [
            EventSubscriber("end-sessions", types: Self.endings) { [sessions] scope, event in
                guard let (selection, reason, text) = Self.ending(event) else { return }
                try await sessions.end(where: selection, because: reason, text: text, in: scope, at: now())
            },
            EventSubscriber("move-ends", types: [AccessEvents.extendedType]) { [sessions] scope, event in
                guard let grant = GrantID(event.subject) else { return }
                try await sessions.moveEnds(on: grant, in: scope, at: now())
            },
            EventSubscriber("portals") { scope, event in try await portal.announce(event, in: scope) },
            EventSubscriber("review-sessions", types: Self.shifts) { [hosting] scope, event in
                // A grant that allows something closes nothing.
                guard event.data["effect"]?.text != Grant.Effect.allow.rawValue else { return }
                try await hosting.review(in: scope, at: now())
            },
            EventSubscriber("reviews", types: ["user.disabled", "tenant.suspended", "tenant.closed"]) {
                [reviews, hosting] scope, _ in
                try await reviews.hub.stir(in: scope)
                try await hosting.stirWaiting(in: scope)
            },
            EventSubscriber("check-outs", types: ["user.disabled"]) { [vault] scope, event in
                guard let user = UserID(event.subject) else { return }
                try await vault.endCheckOuts(of: user, at: now(), in: scope)
            },
            EventSubscriber("sign-in-mail", types: Identity.toldByMail) { [identity] scope, event in
                try await identity.tellOfSignIn(event.data, at: now(), in: scope)
            },
            EventSubscriber("stranger-mail", types: Identity.toldToOneself) { [identity] scope, event in
                try await identity.tellOfStranger(event.subject, event.data, at: now(), in: scope)
            },
            EventSubscriber("administrators-mail", types: Identity.toldToAdministrators) { [identity] scope, event in
                try await identity.tellAdministrators(of: event.type, event.data, at: now(), in: scope)
            },
            EventSubscriber("webhook-mail", types: [EventKinds.disabled.type]) { [identity] scope, event in
                try await identity.tellOfWebhook(event.subject, event.data, at: now(), in: scope)
            },
            EventSubscriber("notices", types: NoticeEvents.types) { [notifications, noticeEvents] scope, event in
                let news = try await noticeEvents.news(of: event, in: scope)
                for notice in news.notices { try await notifications.tell(notice, at: now(), in: scope) }
                if let round = news.round { try await notifications.tell(round, at: now(), in: scope) }
            },
            EventSubscriber("gateway-waits", types: Self.ticketEnds) { [hosting] scope, event in
                guard let ticket = TicketID(event.subject),
                    let user = event.data["requester"]?.text.flatMap({ UserID($0) })
                else { return }
                try await hosting.requestEnded(ticket, of: user, at: now(), in: scope)
            },
            EventSubscriber("announcements", types: Self.joinings) { [notifications] scope, _ in
                try await notifications.announceAnew(at: now(), in: scope)
            },
            EventSubscriber("messengers", types: Self.cardNews) { [messengers] scope, event in
                guard let ticket = TicketID(event.subject) else { return }
                try await messengers.announce(ticket, at: now(), in: scope)
            },
            EventSubscriber("newcomers", types: [Identity.imported]) { [identity, messaging] scope, event in
                guard try await messaging.isListening(to: Identity.created, in: scope) else { return }
                try await identity.tellOfImported(event.id, event.data, at: event.at, in: scope)
            },
            EventSubscriber("webhooks") { [messaging] scope, event in
                guard event.type != Identity.imported else { return }
                try await messaging.fanOut(
                    OutgoingMessage(id: event.id, type: event.type, subject: event.subject, data: event.data),
                    at: event.at, in: scope)
            },
        ]
    }

    /// After these somebody may be among those whom a running announcement is for, or come in again: an account that had
    /// run out is prolonged, a company that was shut is open.
    static let joinings = [
        Identity.created, Identity.imported, "user.enabled", "user.changed", "user.roles-changed",
        "duty-separation.changed", "group.members-changed", "organization.changed", "tenant.trial-set",
        "tenant.activated", "tenant.resumed", "tenant.deletion-cancelled",
    ]

    /// What cards about requests are called anew by.
    static let cardNews = [
        TicketEvents.openedType, TicketEvents.levelOpenedType, TicketEvents.levelApprovedType,
        TicketEvents.approvedType,
        TicketEvents.rejectedType, TicketEvents.withdrawnType, TicketEvents.expiredType, TicketEvents.answeredType,
        TicketEvents.remindedType, TicketEvents.escalatedType, TicketEvents.reassignedType,
    ]

    /// After these a request is open no more.
    static let ticketEnds = [
        TicketEvents.approvedType, TicketEvents.rejectedType, TicketEvents.withdrawnType, TicketEvents.expiredType,
    ]

    static let endings = [
        AccessEvents.revokedType, AccessEvents.endedType, AccessEvents.handedBackType, AccessEvents.unusedType,
        "user.disabled", "user.signed-out",
        "user.signed-out-by-provider", "user.signed-in-elsewhere", "tenant.suspended",
        "tenant.trial-ended", "tenant.closed", "tenant.deletion-forced", AssetEvents.disabledType,
        AssetEvents.deletedType,
    ]

    /// What may take the ground from under sessions without naming one.
    static let shifts = [
        "group.members-changed", "group.deleted", "organization.changed", AccessEvents.createdType,
        AssetEvents.movedType,
        AssetEvents.nodeMovedType, AssetEvents.nodeDeletedType, VaultEvents.deletedType,
    ]

    /// What begins so soon after a sign-out counts as begun before it: the clocks of nodes differ, and until the change is
    /// committed the browsers that it ends are good.
    private static let allowance: TimeInterval = 5

    /// Which sessions an event ends, and what the people in them are told. Whoever signed out may sign in again: an event
    /// that comes late, or once more, ends nothing that began after it.
    private static func ending(_ event: DomainEvent) -> (SessionSelection, EndReason, String?)? {
        switch event.type {
        case AccessEvents.revokedType:
            GrantID(event.subject).map {
                (
                    .grant($0), .grantRevoked,
                    "Your access was revoked: \(event.data["reason"]?.text ?? "no reason given")"
                )
            }
        case AccessEvents.endedType:
            GrantID(event.subject).map { (.grant($0), .grantEnded, nil) }
        case AccessEvents.handedBackType:
            GrantID(event.subject).map { (.grant($0), .grantEnded, "You handed this access back.") }
        case AccessEvents.unusedType:
            GrantID(event.subject).map { (.grant($0), .grantEnded, "Nobody had used this access in time.") }
        // Not "user.locked": whoever guesses somebody's password must not end their work by it.
        case "user.disabled":
            UserID(event.subject).map { (.user($0), .userDisabled, nil) }
        case "user.signed-out":
            UserID(event.subject).map {
                (.user($0, begunBy: event.at + allowance), .terminated, "An administrator signed you out.")
            }
        case "user.signed-out-by-provider":
            UserID(event.subject).map {
                (.user($0, begunBy: event.at + allowance), .terminated, "You signed out at your identity provider.")
            }
        case "user.signed-in-elsewhere" where event.data["sessions"] == .bool(true):
            UserID(event.subject).map {
                (.user($0, begunBy: event.at + allowance), .terminated, "You signed in somewhere else.")
            }
        case "tenant.suspended": (.all, .tenantSuspended, nil)
        case "tenant.trial-ended": (.all, .tenantSuspended, "The trial of your organization is over.")
        case "tenant.closed", "tenant.deletion-forced":
            (.all, .tenantSuspended, "Your organization is being closed.")
        case AssetEvents.disabledType, AssetEvents.deletedType:
            AssetID(event.subject).map { (.asset($0), .grantRevoked, "The asset was taken out of service.") }
        default: nil
        }
    }
}
