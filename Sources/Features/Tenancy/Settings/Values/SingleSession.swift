import Kernel

/// What of a person's ends when they sign in to the portal.
package enum SingleSession: String, CaseIterable, WireValue, Sendable {
    case off
    /// Other browsers are signed out.
    case browsers
    /// Other browsers, and sessions on assets.
    case everything
}
