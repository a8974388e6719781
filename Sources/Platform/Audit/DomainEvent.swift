package import FoundationEssentials
package import Kernel

/// Something that happened and that other features may react to.
package struct DomainEvent: Sendable, Equatable {
    package let id: EventID
    /// `<kind>.<verb>`: `ticket.approved`.
    package let type: String
    /// The id of the thing it happened to, in its text form.
    package let subject: String
    package let data: JSON
    package let at: Date
    /// Takes something away from somebody: it waits for no other event, and comes in no order with others.
    package let isUrgent: Bool

    package init(
        id: EventID? = nil, type: String, subject: String, data: JSON = [:], at: Date, isUrgent: Bool = false
    ) {
        self.id = id ?? .new(at: at)
        self.type = type
        self.subject = subject
        self.data = data
        self.at = at
        self.isUrgent = isUrgent
    }
}
