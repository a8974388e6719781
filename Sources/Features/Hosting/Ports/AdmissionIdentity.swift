package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Identity: who stands in front of a gateway. It writes the trail of what it decides.
package protocol AdmissionIdentity: Sendable {
    /// Checks a password and a code of the second factor at once. Whatever is wrong, it takes the same time and tells
    /// the same. `attempt` names this way in among others of the same person.
    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, attempt: String, clientAddress: String,
        at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// The person with this login if the key is one of theirs, has not expired, and they may sign in now.
    func holder(
        of key: [UInt8], login: String, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// Asks again about somebody whose proof was right and who waits for the word of somebody else. `key` is the one
    /// that proved it, if one did.
    func awaited(
        _ user: UserID, key: [UInt8]?, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// The person, if they may sign in now.
    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser?
}

/// What becomes of a password and a code, or of a key.
package enum GatewaySignIn: Sendable, Equatable {
    case admitted(NamedUser)
    case refused
    /// The proof was right, but the person is not let in; the text says what they can do.
    case notReady(String)
    /// The proof was right, and somebody else has to agree first, until then.
    case waits(UserID, until: Date)
    /// Too many passwords are being checked right now.
    case busy
}
