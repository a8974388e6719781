import Cryptography
package import Kernel
import Outbound
import RADIUS

/// Servers that are asked by RADIUS. The provider's secret is the one that they share with us; over TLS it is the key of our
/// certificate, as PEM.
package struct RADIUSSettings: Sendable {
    package let servers: [ProviderServer]
    package let `protocol`: RADIUSPasswordProtocol
    package let nasIdentifier: String
    package let groups: RADIUSGroups
    package let failoverSeconds: Int
    package let timeoutSeconds: Int
    package let challengeIsSecondFactor: Bool
    package let use: RADIUSUse
    /// What follows a login's name on the way to the servers.
    package let domain: MailDomain?
    package let transport: RADIUSTransport
    /// Over TLS: whose servers count, and who we are to them.
    package let authorities: String?
    package let certificate: String?

    package init(
        servers: [ProviderServer], protocol: RADIUSPasswordProtocol, nasIdentifier: String, groups: RADIUSGroups,
        failoverSeconds: Int, timeoutSeconds: Int, challengeIsSecondFactor: Bool, use: RADIUSUse, domain: MailDomain?,
        transport: RADIUSTransport = .udp, authorities: String? = nil, certificate: String? = nil
    ) throws(Invalid) {
        guard domain == nil || use == .secondFactor else {
            throw Invalid("goes with servers for the second factor only", field: "domain")
        }
        for (text, field) in [(authorities, "authorities"), (certificate, "certificate")] {
            guard (text != nil) == (transport == .tls) else {
                throw Invalid(transport == .tls ? "is needed for TLS" : "goes with TLS only", field: field)
            }
        }
        guard `protocol` != .mschap || transport == .tls else {
            throw Invalid(
                "is for TLS only: whoever sees MS-CHAPv2 on the way finds out the password", field: "protocol")
        }
        self.servers = servers
        self.protocol = `protocol`
        self.nasIdentifier = nasIdentifier
        self.groups = groups
        self.failoverSeconds = failoverSeconds
        self.timeoutSeconds = timeoutSeconds
        self.challengeIsSecondFactor = challengeIsSecondFactor
        self.use = use
        self.domain = domain
        self.transport = transport
        self.authorities = authorities
        self.certificate = certificate
    }

    /// By which name the servers know somebody: with one domain where there is one, whatever stands in the login. Nil for
    /// what is no name there.
    func name(of login: Login) -> Login? {
        guard let domain else { return login }
        let name = login.text.prefix { $0 != "@" }
        return name.isEmpty ? nil : Login("\(name)@\(domain.text)")
    }

    /// Whether a secret for the one tells nobody else anything with the other: what a server is sent can be tried against
    /// every secret that somebody can think of.
    func isSamePlace(as other: RADIUSSettings) -> Bool {
        Set(servers).isSubset(of: other.servers) && transport == other.transport
    }

    /// The same settings with what the provider's secret is to them; nil for one that is nothing of the kind.
    func keyed(_ secret: String) -> (shared: RADIUSSecret, radSec: RadSec?)? {
        guard transport == .tls else { return RADIUSSecret(secret).map { ($0, nil) } }
        guard let authorities, let certificate, let shared = RADIUSSecret(RadSec.secret) else { return nil }
        return (shared, RadSec(authorities: authorities, certificate: certificate, key: Redacted(secret)))
    }

    /// Throws unless servers can be asked so, with this secret if it is a new one. Certificates are read here and when they
    /// are used, not each time that settings are: what a later OpenSSL refuses would shut the whole company out.
    func check(_ secret: Secret?) throws(Invalid) {
        for (text, field) in [(authorities, "authorities"), (certificate, "certificate")] {
            guard text.map(RadSec.isCertificates) ?? true else {
                throw Invalid("must be certificates as PEM text", field: "settings/\(field)")
            }
        }
        guard let secret, let fault = keyed(secret.reveal())?.radSec?.fault else { return }
        switch fault {
        case .authorities: throw Invalid("must be certificates as PEM text", field: "settings/authorities")
        case .certificate: throw Invalid("must be certificates as PEM text", field: "settings/certificate")
        case .key, .broken:
            throw Invalid("must be the key of the certificate as PEM text, without a passphrase", field: "secret")
        }
    }

    /// The only one, for the rest of a conversation that one server began.
    func only(_ place: HostPort, over radSec: RadSec?) -> RADIUSClient.Servers? {
        servers.contains { $0.hostPort == place } ? everyone([place], over: radSec) : nil
    }

    func all(over radSec: RadSec?) -> RADIUSClient.Servers { everyone(servers.map(\.hostPort), over: radSec) }

    /// For a request that may have a telephone ring: one time is enough.
    func oneByOne(over radSec: RadSec?) -> RADIUSClient.Servers {
        everyone(servers.map(\.hostPort), stopsAtSilence: true, over: radSec)
    }

    private func everyone(
        _ places: [HostPort], stopsAtSilence: Bool = false, over radSec: RadSec?
    ) -> RADIUSClient.Servers {
        RADIUSClient.Servers(
            places, patience: .seconds(failoverSeconds), timeout: .seconds(timeoutSeconds),
            stopsAtSilence: stopsAtSilence, over: radSec)
    }
}

extension RADIUSSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            servers: [ProviderServer], proto: RADIUSPasswordProtocol, nas: String, groups: RADIUSGroups,
            failover: Int, timeout: Int, challenge: Bool, use: RADIUSUse, domain: MailDomain?,
            transport: RADIUSTransport, authorities: String?, certificate: String?
        ) throws(Invalid) in
        try RADIUSSettings(
            servers: servers, protocol: proto, nasIdentifier: nas, groups: groups, failoverSeconds: failover,
            timeoutSeconds: timeout, challengeIsSecondFactor: challenge, use: use, domain: domain, transport: transport,
            authorities: authorities, certificate: certificate)
    }) {
        Field("servers", \.servers, .array(of: ProviderServer.schema, 1...5), note: "Asked in this order.")
        Field("protocol", \.protocol, RADIUSPasswordProtocol.schema.otherwise(.pap))
        Field(
            "nasIdentifier", \.nasIdentifier, Schema<String>.text(1...253).otherwise("gatehouse"),
            note: "Who is asking, for the servers' own rules.")
        Field(
            "groups", \.groups, RADIUSGroups.schema.otherwise(.filterID),
            note: "Which attribute of the answer names the person's groups.")
        Field(
            "failoverSeconds", \.failoverSeconds, Schema<Int>.int(1...5).otherwise(2),
            note: "How long a server may be silent before the next one is asked.")
        Field(
            "timeoutSeconds", \.timeoutSeconds, Schema<Int>.int(1...10).otherwise(5),
            note: "How long the last one may be silent.")
        Field(
            "challengeIsSecondFactor", \.challengeIsSecondFactor, Bool.schema.otherwise(false),
            note: "Whether somebody who has answered a question of the server is asked for no second factor here.")
        Field(
            "use", \.use, RADIUSUse.schema.otherwise(.passwords),
            note: "Whether the servers check passwords, or confirm who has shown one to somebody else.")
        Field(
            "domain", \.domain,
            note: "What follows the name of a login on the way to servers for the second factor, in place of its own.")
        Field(
            "transport", \.transport, RADIUSTransport.schema.otherwise(.udp),
            note: "Over TLS (RFC 6614) the secret is the key of the certificate, as PEM.")
        Field("authorities", \.authorities, .lines(1...50_000), note: "Over TLS: whose servers count, as PEM.")
        Field(
            "certificate", \.certificate, .lines(1...50_000),
            note: "Over TLS: who we are to the servers, as PEM, with what is above it.")
    }
}

/// What servers are asked for.
package enum RADIUSUse: String, Sendable, CaseIterable, WireValue {
    case passwords
    case secondFactor = "second-factor"
}

/// How a password is shown to a server.
package enum RADIUSPasswordProtocol: String, Sendable, CaseIterable, WireValue {
    case pap
    case chap
    case mschap = "ms-chap-v2"
}

/// How requests get to servers.
package enum RADIUSTransport: String, Sendable, CaseIterable, WireValue {
    case udp
    case tls
}

/// The attribute that names groups.
package enum RADIUSGroups: String, Sendable, CaseIterable, WireValue {
    case none
    case filterID = "filter-id"
    case `class`
}
