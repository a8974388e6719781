import FoundationEssentials
import Kernel
import Postgres

/// How a wish for support access stands. Pure.
package enum SupportState: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case asked, consented, refused, revoked, withdrawn

    /// What somebody does about it.
    package enum Step: String, Sendable, CaseIterable { case consent, refuse, revoke, withdraw }

    package func after(_ step: Step) throws(SupportError) -> SupportState {
        switch (self, step) {
        case (.asked, .consent): .consented
        case (.asked, .refuse): .refused
        case (.consented, .revoke): .revoked
        case (.asked, .withdraw), (.consented, .withdraw): .withdrawn
        default: throw .notOpen
        }
    }
}
