import Kernel
import Postgres

/// By which door somebody comes in.
package enum SignInEntrance: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case web, cli, ssh
}
