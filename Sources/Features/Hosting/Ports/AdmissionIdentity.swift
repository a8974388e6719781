package import FoundationEssentials
package import GatewayContract
package import Kernel
package import Postgres

/// Keeps what becomes of somebody: that they are in, wait, or are kept out.
package typealias AdmissionKeeping = (GatewaySignIn, Transaction) async throws -> Void

/// What Hosting needs of Identity: who stands in front of a gateway. It writes the trail of what it decides.
///
/// Whoever has proven all that is asked is admitted, waits or is kept out in one transaction, which tells `keep` of it: if that
/// throws, nothing has become of them, nobody is asked about them, and what somebody agreed to is not used up.
package protocol AdmissionIdentity: Sendable {
    /// Checks a password and a code of the second factor at once. Whatever is wrong, it takes the same time and tells
    /// the same.
    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn

    /// Checks the answer to what an identity provider asked in this admission, and the code if one was asked for too.
    func answer(
        _ answer: PassedSecret, code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn

    /// Whom a proven key lets in, if it is one of the person with this login.
    func holder(
        of key: [UInt8], login: String, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn

    /// Checks the code of somebody whose key or password was right; both together are the way.
    func confirm(
        _ code: PassedSecret, of user: UserID, by way: AdmissionWay, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn

    /// Asks again about somebody whose proof was right and who waits for the word of somebody else.
    func awaited(
        _ user: UserID, by way: AdmissionWay, attempt: String, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn

    /// Somebody who waited is gone: takes back what they waited for, unless `keep` throws in the same transaction.
    func left(
        _ user: UserID, attempt: String, at now: Date, in scope: TenantScope,
        keeping keep: (Transaction) async throws -> Void
    ) async throws

    /// Whether people of this company may sign in with a browser instead.
    func offersBrowser(in scope: TenantScope) async throws -> Bool

    /// A link to go on with in a browser; nil if the company has too many open ones.
    func openLink(
        _ admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> BrowserLink?

    /// What has become of the admission's link, and of the person who confirmed it: that is told once.
    func outcome(
        ofLink admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> BrowserLinkOutcome

    /// The person, if they may sign in now.
    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser?

    /// What the person reads, such as `zh-CN`; nil if nobody knows.
    func language(of user: UserID, in scope: TenantScope) async throws -> String?
}

extension AdmissionIdentity {
    package func language(of user: UserID, in scope: TenantScope) async throws -> String? { nil }
}

/// How somebody has proven who they are.
package enum AdmissionWay: Sendable, Hashable {
    /// With a password, and a code or what a provider asked.
    case password
    case publicKey([UInt8])
    case publicKeyAndCode
    /// In a browser that is signed in.
    case browser
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
    case confirmed(GatewaySignIn)
    case waiting
    case over
}

/// What becomes of a password and a code, of an answer, or of a key.
package enum GatewaySignIn: Sendable, Equatable {
    case admitted(NamedUser)
    /// An identity provider asks something first, and a fresh code may be asked for with it.
    case asked(String, codeNeeded: Bool)
    /// The key was right, and the company asks for a code besides.
    case codeNeeded(UserID)
    /// Key or password was right, and a code is on its way to the person.
    case codeSent(UserID)
    /// Key or password was right, and the service at which the person confirms asks something.
    case factorAsked(UserID, String)
    case refused
    /// The proof was right, but the person is not let in; the text says what they can do.
    case notReady(String)
    /// The key was right and opens nothing for now; they can come in another way, and the text says why they have to.
    case held(String)
    /// The proof was right, and somebody else has to agree first, until then.
    case waits(UserID, TicketID, until: Date)
    /// Too many passwords are being checked right now.
    case busy
}
