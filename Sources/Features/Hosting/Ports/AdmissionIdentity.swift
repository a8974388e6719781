package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Identity: who stands in front of a gateway. It writes the trail of what it decides.
package protocol AdmissionIdentity: Sendable {
    /// Checks a password and a code of the second factor at once. Whatever is wrong, it takes the same time and tells
    /// the same.
    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, clientAddress: String, at now: Date,
        in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// Whom a proven key lets in, if it is one of the person with this login.
    func holder(
        of key: [UInt8], login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> KeyHolder

    /// Checks the code of somebody whose key was right.
    func confirm(
        _ code: PassedSecret, of user: UserID, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// The person, if they may sign in now.
    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser?
}

/// What becomes of a key.
package enum KeyHolder: Sendable, Equatable {
    case admitted(NamedUser)
    /// The key was right, and the company asks for a code besides.
    case codeNeeded(UserID)
    /// The key was right, but nothing that can be typed would do; the text says what to do.
    case notReady(String)
    case unknown
}

/// What becomes of a password and a code.
package enum GatewaySignIn: Sendable, Equatable {
    case admitted(NamedUser)
    case refused
    /// Both were right, but something has to be done in the portal first; the text says what.
    case notReady(String)
    /// Too many passwords are being checked right now.
    case busy
}
