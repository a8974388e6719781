import FoundationEssentials
import JOSE
import Kernel
import Outbound
import Synchronization

/// What a provider says about itself (OpenID Connect Discovery), as far as it is used.
struct OIDCMetadata: Sendable {
    let authorization: OutboundURL
    let token: OutboundURL
    let keys: OutboundURL
    let userinfo: OutboundURL?
    let endSession: OutboundURL?
    /// Whether every answer names its issuer, so that one without is not the provider's (RFC 9207).
    let namesIssuer: Bool

    init(_ json: JSON, of issuer: String) throws(ProviderFault) {
        // A provider that may write another issuer here could bring its own keys under that one's name.
        guard json["issuer"]?.text == issuer else {
            throw ProviderFault(
                step: .discovery,
                text: "the provider calls itself \(ProviderWeb.printable(json["issuer"]?.text ?? "nothing"))",
                isLie: true)
        }
        func url(_ name: String) -> OutboundURL? { json[name]?.text.flatMap { try? OutboundURL($0) } }
        guard let authorization = url("authorization_endpoint"), let token = url("token_endpoint"),
            let keys = url("jwks_uri")
        else {
            throw ProviderFault(step: .discovery, text: "an address is missing or is none", isLie: true)
        }
        self.authorization = authorization
        self.token = token
        self.keys = keys
        userinfo = url("userinfo_endpoint")
        endSession = url("end_session_endpoint")
        namesIssuer = json["authorization_response_iss_parameter_supported"] == .bool(true)
    }
}

/// What providers said lately, each for itself: keys that one tenant's provider gave are nobody else's, whatever issuer
/// it claims to be.
final class OIDCMetadataCache: Sendable {
    struct Place: Hashable {
        let tenant: TenantID
        let provider: IdentityProviderID
        let issuer: String
    }

    /// How long what a provider said is believed.
    static let lifetime: TimeInterval = 3600
    /// How soon after the last time keys are fetched again because a token names one that is not there: anybody can send
    /// such tokens.
    static let pause: TimeInterval = 30
    private static let most = 5000

    private struct Entry {
        let metadata: OIDCMetadata
        let fetchedAt: Date
        var keys: JSONWebKeySet?
        var keysFetchedAt: Date?
        var keysAskedForAt: Date?
    }

    private let entries = Mutex<[Place: Entry]>([:])

    func metadata(of place: Place, at now: Date) -> OIDCMetadata? {
        entries.withLock { entries in
            guard let entry = entries[place], now < entry.fetchedAt + Self.lifetime else { return nil }
            return entry.metadata
        }
    }

    func keep(_ metadata: OIDCMetadata, of place: Place, at now: Date) {
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
            entries[place] = Entry(metadata: metadata, fetchedAt: now)
        }
    }

    func keys(of place: Place, at now: Date) -> JSONWebKeySet? {
        entries.withLock { entries in
            guard let entry = entries[place], let fetchedAt = entry.keysFetchedAt, now < fetchedAt + Self.lifetime
            else { return nil }
            return entry.keys
        }
    }

    func keep(_ keys: JSONWebKeySet, of place: Place, at now: Date) {
        entries.withLock { entries in
            entries[place]?.keys = keys
            entries[place]?.keysFetchedAt = now
            entries[place]?.keysAskedForAt = now
        }
    }

    /// Whether keys may be fetched again now; whoever is told yes is the only one for a while.
    func mayRefetch(_ place: Place, at now: Date) -> Bool {
        entries.withLock { entries in
            if let askedAt = entries[place]?.keysAskedForAt, now < askedAt + Self.pause { return false }
            entries[place]?.keysAskedForAt = now
            return true
        }
    }
}
