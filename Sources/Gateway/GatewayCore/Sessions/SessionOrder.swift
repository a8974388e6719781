package import FoundationEssentials
package import GatewayContract

/// What somebody outside wants of a live session.
package enum SessionOrder: Sendable, Equatable {
    /// End it, and tell the person why.
    case end(EndReason, text: String)
    /// It may last until then.
    case extend(Date)
    /// Show this to the person.
    case message(String)
    /// Take no input (or take it again): the server has not been heard of for a while.
    case holdInput(Bool)
}
