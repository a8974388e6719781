import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound
import Postgres
import SAML

/// Ends here what has ended at a provider of SAML, which sends a browser with a signed request (single logout).
///
/// The browser has no cookie with it if another site's page sent it, or is in a frame of the provider's page: whose
/// sessions end is what the request says. As with a token, what began after it is another session.
struct SignOutBySAML {
    static let limit = 150 << 10

    let database: Database
    let providers: ProviderSignIn

    enum Message {
        /// As it stands in the address, since the signature is over these characters.
        case query(String)
        case form([UInt8])
    }

    func callAsFunction(_ id: IdentityProviderID, _ message: Message, _ visit: Visit) async throws -> Onward {
        guard let candidate = try await IdentityProviderStore.find(id, in: visit.scope, database),
            case .saml(let settings) = candidate.provider.settings, candidate.provider.enabled
        else { throw IdentityError.notFound }
        let prover = try await providers.samlProver(for: candidate, settings, at: visit.now, in: visit.scope)
        let party = prover.party(at: visit.request.origin)
        let read: (request: LogoutRequest, relayState: String?, issuedAt: Date)
        do throws(SAMLError) {
            read = try Self.read(message, settings.identity, party, at: visit.now)
        } catch {
            throw Problem(.malformed, "The logout request is not good: \(error).")
        }
        let request = read.request
        try await database.transaction(in: visit.scope) { tx in
            var people: Set<UserID> = []
            let indexes: [String?] = request.sessionIndexes.isEmpty ? [nil] : request.sessionIndexes
            for index in indexes {
                let session = prover.session(of: request.name, index: index, at: visit.request.origin)
                let ended = LogoutTokenCheck.Ended(
                    subject: session.subject, session: index,
                    token: [request.id.text, index ?? "", session.subject].joined(separator: "\n"),
                    begunBy: read.issuedAt + party.clockSkew, expiresAt: read.issuedAt + LogoutRequest.longestAge)
                people.formUnion(try await ProviderSessionStore.take(ended, at: id, in: visit.scope, tx))
            }
            try await SignOutByProvider.end(people, visit, tx)
        }
        let answer = try LogoutResponse(inResponseTo: request.id).address(
            at: settings.identity, from: party, issuedAt: visit.now, relayState: read.relayState)
        return Onward(to: answer ?? "\(visit.request.origin)/sign-in")
    }

    private static func read(
        _ message: Message, _ provider: SAMLIdentityProvider, _ party: SAMLServiceProvider, at now: Date
    ) throws(SAMLError) -> (request: LogoutRequest, relayState: String?, issuedAt: Date) {
        switch message {
        case .query(let query):
            let (request, relayState, issuedAt) = try LogoutRequest.read(
                query: query, from: provider, to: party, at: now)
            return (request, relayState, issuedAt)
        case .form(let form):
            guard let text = FormText.decoded("SAMLRequest", in: form) else { throw .query }
            let (request, issuedAt) = try LogoutRequest.read(form: text, from: provider, to: party, at: now)
            return (request, FormText.decoded("RelayState", in: form), issuedAt)
        }
    }
}
