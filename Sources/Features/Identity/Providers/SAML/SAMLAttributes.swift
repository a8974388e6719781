package import Kernel
import SAML

/// Which attributes of an assertion say what, by their name or their friendly name; `NameID` is the name of the subject.
package struct SAMLAttributes: Sendable, Hashable {
    static let nameID = "NameID"

    package let subject: String
    package let login: String
    package let name: String
    package let email: String
    package let groups: String

    package static let standard = SAMLAttributes(
        subject: nameID, login: nameID, name: "displayName", email: "mail", groups: "groups")

    /// Whether who somebody is hangs on the subject's name.
    var dependsOnNameID: Bool { subject == Self.nameID || login == Self.nameID }

    func profile(in signIn: SAMLSignIn, naming: [String] = []) throws(ProviderFault) -> ProviderProfile {
        guard subject != Self.nameID || !signIn.name.isTransient else {
            throw Self.fault("the NameID is another one each time (transient), so it cannot be the subject")
        }
        return ProviderProfile(
            subject: try one(subject, of: signIn), login: try one(login, of: signIn),
            name: text(name, of: signIn), email: text(email, of: signIn),
            groups: Array(
                Self.values(groups, of: signIn)
                    .filter { 1...1000 ~= $0.unicodeScalars.count && Self.isLine($0) }.prefix(2000)),
            attributes: ProviderAttribute.named(naming) { Self.values($0, of: signIn) })
    }

    /// Who somebody is is said once, or not at all.
    private func one(_ name: String, of signIn: SAMLSignIn) throws(ProviderFault) -> String {
        let values = Self.values(name, of: signIn)
        guard values.count == 1, 1...500 ~= values[0].unicodeScalars.count, Self.isLine(values[0]) else {
            throw Self.fault(values.isEmpty ? "there is no \(name)" : "there is not one \(name) that can be used")
        }
        return values[0]
    }

    private func text(_ name: String, of signIn: SAMLSignIn) -> String? {
        let line = String(
            String.UnicodeScalarView(
                (Self.values(name, of: signIn).first ?? "").unicodeScalars
                    .filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(500)))
        return line.isEmpty ? nil : line
    }

    /// All values of the attributes with the name; of those with the friendly name if none has it.
    private static func values(_ name: String, of signIn: SAMLSignIn) -> [String] {
        if name == nameID { return [signIn.name.value] }
        let named = signIn.attributes.filter { $0.name == name }
        let found = named.isEmpty ? signIn.attributes.filter { $0.friendlyName == name } : named
        return found.flatMap(\.values)
    }

    private static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func fault(_ text: String) -> ProviderFault {
        ProviderFault(step: .claims, text: text, isLie: true)
    }
}

extension SAMLAttributes: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("subject", \.subject, .text(1...500), note: "What never changes and never comes again; NameID or a name.")
        Field("login", \.login, .text(1...500))
        Field("name", \.name, .text(1...500))
        Field("email", \.email, .text(1...500))
        Field("groups", \.groups, .text(1...500))
    }
}
