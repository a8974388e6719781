package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Identity: who stands in front of a gateway. It writes the trail of what it decides.
package protocol AdmissionIdentity: Sendable {
    /// Checks a password and a code of the second factor at once. Whatever is wrong, it takes the same time and tells
    /// the same.
    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// Checks the answer to what an identity provider asked in this admission, and the code if one was asked for too.
    func answer(
        _ answer: PassedSecret, code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date,
        in scope: TenantScope
    ) async throws -> GatewaySignIn

    /// The person with this login if the key is one of theirs, has not expired, and they may sign in now.
    func holder(
        of key: [UInt8], login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> NamedUser?

    /// The person, if they may sign in now.
    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser?
}

/// What becomes of a password and a code, or of an answer.
package enum GatewaySignIn: Sendable, Equatable {
    case admitted(NamedUser)
    /// An identity provider asks something first, and a fresh code may be asked for with it.
    case asked(String, codeNeeded: Bool)
    case refused
    /// Both were right, but something has to be done in the portal first; the text says what.
    case notReady(String)
    /// Too many passwords are being checked right now.
    case busy
}
