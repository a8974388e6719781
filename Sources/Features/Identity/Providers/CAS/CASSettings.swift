package import Kernel
import Outbound

/// A provider that speaks CAS 3.0: the browser brings a ticket, and the server says for whom it gave it.
package struct CASSettings: Sendable {
    package let serverUrl: String
    package let attributes: CASAttributes
    package let verifiesEmail: Bool

    package init(serverUrl: String, attributes: CASAttributes, verifiesEmail: Bool) throws(Invalid) {
        guard (try? OutboundURL(serverUrl)) != nil, !serverUrl.contains("?"), !serverUrl.contains("#") else {
            throw Invalid("must be an https address without ? and #", field: "serverUrl")
        }
        guard verifiesEmail || attributes.login == CASAttributes.user || attributes.login != attributes.email else {
            throw Invalid("is an address of mail, which says who somebody is only if the server verifies it")
        }
        self.serverUrl = serverUrl
        self.attributes = attributes
        self.verifiesEmail = verifiesEmail
    }

    /// A place of the server: `login`, `logout` or `p3/serviceValidate`.
    func place(_ name: String, _ fields: [(name: String, value: String)]) -> String {
        FormText.adding(fields, to: (serverUrl.hasSuffix("/") ? serverUrl : serverUrl + "/") + name)
    }
}

extension CASSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (serverUrl: String, attributes: CASAttributes, verifiesEmail: Bool) throws(Invalid) in
        try CASSettings(serverUrl: serverUrl, attributes: attributes, verifiesEmail: verifiesEmail)
    }) {
        Field("serverUrl", \.serverUrl, .text(8...500), note: "What stands before /login and /p3/serviceValidate.")
        Field("attributes", \.attributes, CASAttributes.schema.otherwise(.standard))
        Field(
            "verifiesEmail", \.verifiesEmail, Bool.schema.otherwise(false),
            note: "Whether an address of mail there is proven to be the person's, so that it may say who they are.")
    }
}

/// Which attributes of an answer say what; `user` is the name that the server itself gives.
package struct CASAttributes: Sendable, Hashable {
    static let user = "user"

    package let subject: String
    package let login: String
    package let name: String
    package let email: String
    package let groups: String

    package static let standard = CASAttributes(
        subject: user, login: user, name: "displayName", email: "mail", groups: "memberOf")

    func profile(
        of person: CASPerson, verifiesEmail: Bool, naming: [String] = []
    ) throws(ProviderFault) -> ProviderProfile {
        let login = try one(self.login, of: person)
        // Whoever may write an address of their choice into their profile must not become somebody by it.
        guard verifiesEmail || self.login == Self.user || !login.contains("@") else {
            throw Self.fault("the login is an address, and the settings do not say that addresses are verified")
        }
        return ProviderProfile(
            subject: try one(subject, of: person), login: login, name: text(name, of: person),
            email: text(email, of: person),
            groups: Array(
                person.values(groups).filter { 1...1000 ~= $0.unicodeScalars.count && CASPerson.isLine($0) }
                    .prefix(2000)),
            // An address that anybody may write into their profile opens nothing.
            attributes: ProviderAttribute.named(naming.filter { verifiesEmail || $0 != email }, person.values))
    }

    /// Who somebody is is said once, or not at all.
    private func one(_ name: String, of person: CASPerson) throws(ProviderFault) -> String {
        let values = name == Self.user ? [person.user] : person.values(name)
        guard values.count == 1, 1...500 ~= values[0].unicodeScalars.count, CASPerson.isLine(values[0]) else {
            throw Self.fault(values.isEmpty ? "there is no \(name)" : "there is not one \(name) that can be used")
        }
        return values[0]
    }

    private func text(_ name: String, of person: CASPerson) -> String? {
        let line = String(
            String.UnicodeScalarView(
                (person.values(name).first ?? "").unicodeScalars
                    .filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(500)))
        return line.isEmpty ? nil : line
    }

    private static func fault(_ text: String) -> ProviderFault {
        ProviderFault(step: .claims, text: text, isLie: true)
    }
}

extension CASAttributes: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("subject", \.subject, .text(1...200), note: "What never changes and never comes again; user or a name.")
        Field("login", \.login, .text(1...200))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(1...200))
        Field("groups", \.groups, .text(1...200))
    }
}
