import SAML

/// Somebody as a CAS server names them.
struct CASPerson: Equatable, Sendable {
    struct Attribute: Equatable, Sendable {
        let name: String
        let value: String
    }

    let user: String
    let attributes: [Attribute]

    func values(_ name: String) -> [String] {
        attributes.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }

    /// Nothing that ends a line, or that nobody sees.
    static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
}

/// What a CAS server says about a ticket (CAS protocol 3.0 §2.5 and appendix A). Pure.
enum CASAnswer: Equatable, Sendable {
    case person(CASPerson)
    /// The server's own word for why not, such as `INVALID_TICKET`.
    case refused(String)

    enum Fault: Error, Equatable {
        case notXML(XMLError)
        case notTheAnswer
        /// It says yes and no, or either of them twice.
        case ambiguous
        case user
        case attributes
        /// The ticket was given to another application, which uses it in the person's name.
        case proxied
    }

    private static let space = "http://www.yale.edu/tp/cas"
    private static let limits = XMLLimits(bytes: 256 << 10, nodes: 5000, depth: 12, attributes: 16, namespaces: 32)

    static func read(_ bytes: [UInt8]) throws(Fault) -> CASAnswer {
        let root: XMLElement
        do throws(XMLError) { root = try XMLReader.read(bytes, limits: limits) } catch { throw .notXML(error) }
        guard root.isNamed("serviceResponse", in: space) else { throw .notTheAnswer }
        guard root.children.count == 1, let said = root.children.first else {
            throw root.children.isEmpty ? .notTheAnswer : .ambiguous
        }
        if said.isNamed("authenticationFailure", in: space) { return .refused(said["code"] ?? "") }
        guard said.isNamed("authenticationSuccess", in: space) else { throw .notTheAnswer }
        return .person(try person(in: said))
    }

    private static func person(in said: XMLElement) throws(Fault) -> CASPerson {
        guard said.children("proxies", in: space).isEmpty else { throw .proxied }
        // A look-alike in another namespace is nobody's user, and stands there for no good reason.
        let named = said.children.filter { $0.name.lowercased() == "user" }
        guard named.count == 1, let user = said.only("user", in: space), user.children.isEmpty,
            CASPerson.isLine(user.text), !user.text.isEmpty, user.text == user.trimmedText
        else { throw .user }
        let lists = said.children("attributes", in: space)
        guard lists.count <= 1 else { throw .attributes }
        let attributes = (lists.first?.children ?? []).filter { $0.namespace == space && $0.children.isEmpty }
        return CASPerson(
            user: user.text, attributes: attributes.map { CASPerson.Attribute(name: $0.name, value: $0.text) })
    }
}

extension CASAnswer.Fault {
    /// In words for administrators.
    var text: String {
        switch self {
        case .notXML(let error): "\(error)"
        case .notTheAnswer: "the answer is none of CAS 2.0 or 3.0"
        case .ambiguous: "the answer says more than one thing"
        case .user: "the answer does not name exactly one user"
        case .attributes: "the answer has several lists of attributes"
        case .proxied: "the ticket came by way of another application"
        }
    }
}
