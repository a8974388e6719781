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

    /// The person with this login if the key is one of theirs, has not expired, and they may sign in now.
    func holder(
        of key: [UInt8], login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> NamedUser?

    /// Whether people of this company may sign in with a browser instead.
    func offersBrowser(in scope: TenantScope) async throws -> Bool

    /// A link to go on with in a browser; nil if the company has too many open ones.
    func openLink(
        _ admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> BrowserLink?

    /// What has become of the admission's link.
    func outcome(
        ofLink admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> BrowserLinkOutcome

    /// The person, if they may sign in now.
    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser?
}

/// Where somebody at a terminal goes on with a browser, and what both of them show.
package struct BrowserLink: Sendable, Equatable {
    package let url: String
    package let code: String

    package init(url: String, code: String) {
        self.url = url
        self.code = code
    }
}

/// What becomes of a link.
package enum BrowserLinkOutcome: Sendable, Equatable {
    case admitted(NamedUser)
    case waiting
    case over
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
