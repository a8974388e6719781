package import Kernel
import Outbound

/// The messengers by whose accounts people can come in.
package enum MessengerVendor: String, Sendable, CaseIterable, WireValue {
    case wecom, dingtalk, feishu, lark, slack
}

/// What becomes a person's login who is taken in.
package enum MessengerLogin: String, Sendable, CaseIterable, WireValue {
    /// What the messenger knows them by in the company.
    case id
    /// Their mail address, if it is known to be theirs.
    case email
}

/// An app of a company at a messenger. Its people come in by the messenger's own page, which shows a code to scan.
package struct MessengerSettings: Sendable {
    package let vendor: MessengerVendor
    package let organization: String
    package let clientId: String
    package let login: MessengerLogin
    package let verifiesEmail: Bool
    package let signInUrl: String?
    package let apiUrl: String?

    package init(
        vendor: MessengerVendor, organization: String, clientId: String, login: MessengerLogin,
        verifiesEmail: Bool, signInUrl: String?, apiUrl: String?
    ) throws(Invalid) {
        for (field, text) in [("organization", organization), ("clientId", clientId)]
        where !text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") }) {
            throw Invalid("must be one word", field: field)
        }
        for (field, text) in [("signInUrl", signInUrl), ("apiUrl", apiUrl)] {
            guard let text else { continue }
            guard (try? OutboundURL(text)) != nil, !text.hasSuffix("/"), !text.contains("?"), !text.contains("#") else {
                throw Invalid("must be an https address without a slash at its end", field: field)
            }
        }
        self.vendor = vendor
        self.organization = organization
        self.clientId = clientId
        self.login = login
        self.verifiesEmail = verifiesEmail
        self.signInUrl = signInUrl
        self.apiUrl = apiUrl
    }

    /// Whether a secret for the one is heard by nobody else with the other, and whoever was somebody there still is.
    func isSamePlace(as other: MessengerSettings) -> Bool {
        vendor == other.vendor && organization == other.organization && clientId == other.clientId
            && signInUrl == other.signInUrl && apiUrl == other.apiUrl
    }

    /// Somebody whom the messenger has named: of this company, and of no other one.
    ///
    /// - Parameter isVerified: nil where the messenger does not say whether the address is the person's.
    func profile(
        of person: MessengerPerson, _ facts: MessengerFacts = MessengerFacts(), naming: [String] = []
    ) throws(ProviderFault) -> ProviderProfile {
        guard ConstantCompare.isSame(person.organization, organization) else {
            throw ProviderFault(step: .membership, text: "somebody of another company", isLie: true)
        }
        guard 1...390 ~= person.id.utf8.count else {
            throw ProviderFault(step: .claims, text: "nobody is named", isLie: true)
        }
        let isVerified = person.isVerified ?? verifiesEmail
        let email = isVerified ? person.email.flatMap { $0.isEmpty ? nil : $0 } : nil
        let login: String
        switch self.login {
        case .id: login = person.login
        case .email:
            guard let email else {
                throw ProviderFault(step: .claims, text: "there is no address that is known to be theirs", isLie: true)
            }
            login = email
        }
        return ProviderProfile(
            subject: "\(organization)/\(person.id)", login: String(login.unicodeScalars.prefix(500)),
            name: person.name.map { String($0.unicodeScalars.prefix(500)) },
            email: email.map { String($0.unicodeScalars.prefix(500)) }, groups: facts.groups,
            attributes: facts.attributes(naming, isVerified: isVerified),
            unsaid: facts.unsaid.sorted { $0.rawValue < $1.rawValue })
    }
}

/// Ids are the same only byte by byte, whatever Unicode takes for equal.
enum ConstantCompare {
    static func isSame(_ one: String, _ other: String) -> Bool { Array(one.utf8) == Array(other.utf8) }
}

extension MessengerSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            vendor: MessengerVendor, organization: String, clientId: String, login: MessengerLogin,
            verifiesEmail: Bool, signInUrl: String?, apiUrl: String?
        ) throws(Invalid) in
        try MessengerSettings(
            vendor: vendor, organization: organization, clientId: clientId, login: login,
            verifiesEmail: verifiesEmail, signInUrl: signInUrl, apiUrl: apiUrl)
    }) {
        Field("vendor", \.vendor)
        Field(
            "organization", \.organization, .text(1...100),
            note: "The company there, whose people alone come in: corp id, tenant key or team id.")
        Field("clientId", \.clientId, .text(1...200), note: "The app; for WeCom its agent id.")
        Field("login", \.login, MessengerLogin.schema.otherwise(.id), note: "What is the login of a newcomer.")
        VerifiedAddresses.field(\.verifiesEmail)
        Field("signInUrl", \.signInUrl, .text(8...500), note: "For an installation of one's own; the vendor's if null.")
        Field("apiUrl", \.apiUrl, .text(8...500), note: "For an installation of one's own; the vendor's if null.")
    }
}
