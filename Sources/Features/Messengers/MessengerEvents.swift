import Audit
import FoundationEssentials
import Kernel

/// What others hear about cards.
package enum MessengerEvents {
    /// An approver was not reached: somebody else has to tell them. The subject is the request.
    package static let undeliveredType = "messenger.undelivered"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (undeliveredType, ["user", "channel", "vendor", "reason"])
    ]

    static func undelivered(
        _ card: KeptCard, through channel: (name: String, vendor: ChannelVendor), because reason: String, at now: Date
    ) -> DomainEvent? {
        guard let ticket = card.ticket, let user = card.user else { return nil }
        return DomainEvent(
            type: undeliveredType, subject: ticket.text,
            data: [
                "user": .string(user.text), "channel": .string(channel.name),
                "vendor": .string(channel.vendor.rawValue), "reason": .string(reason),
            ], at: now)
    }
}
