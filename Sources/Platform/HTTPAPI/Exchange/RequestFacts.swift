package import HTTPTypes

/// What is known about a request apart from what it asks for.
package struct RequestFacts: Sendable {
    package let traceID: String
    /// The address of the client: of the connection, or what a trusted proxy says about it.
    package let clientAddress: String
    /// Host and port as the client named them, checked and in lower case.
    package let host: String
    /// Whether the client speaks https, here or to a trusted proxy.
    package let isSecure: Bool
    package let headers: HTTPFields
    /// The method as it came, for signatures over it: a HEAD is served as a GET.
    package let method: HTTPRequest.Method
    /// Path and query as they came, for the same. It may hold what no log should.
    package let target: String

    package init(
        traceID: String, clientAddress: String, host: String, isSecure: Bool = false, headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get, target: String = "/"
    ) {
        self.method = method
        self.target = target
        self.traceID = traceID
        self.clientAddress = clientAddress
        self.host = host
        self.isSecure = isSecure
        self.headers = headers
    }

    /// What the client says about itself, cut to a length that fits a table.
    package var userAgent: String { String((headers[.userAgent] ?? "").unicodeScalars.prefix(300)) }

    /// Where an event stream broke off.
    package var lastEventID: String? {
        headers[.lastEventID].flatMap { $0.utf8.count <= 200 ? $0 : nil }
    }

    /// A cookie by its plain name. On https only the one that carries the `__Host-` prefix counts: a neighbouring
    /// subdomain cannot have planted it.
    package func cookie(_ name: String) -> String? {
        let wanted = Cookie.wireName(name, isSecure: isSecure)
        for field in headers[fields: .cookie] {
            for pair in field.value.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "="), pair[..<equals] == wanted else { continue }
                return String(pair[pair.index(after: equals)...])
            }
        }
        return nil
    }
}

/// How a request says who it is from; nothing is checked yet.
package enum Credential: Sendable, Equatable {
    case bearer(String)
    case cookie(String)
    /// The request is signed; `MessageSignature` reads by whom.
    case signature
}

extension Incoming {
    /// The one credential of a request. Two at once are refused: which of them was meant, somebody would have to guess.
    package func credential(cookie name: String) throws(Problem) -> Credential? {
        let cookie = facts.cookie(name)
        let fields = headers[fields: .authorization]
        if headers[.signatureInput] != nil {
            guard fields.isEmpty, cookie == nil else { throw Problem(.malformed, "Send one credential.") }
            return .signature
        }
        guard let field = fields.first else { return cookie.map(Credential.cookie) }
        guard fields.count == 1, cookie == nil else { throw Problem(.malformed, "Send one credential.") }
        let parts = field.value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", 1...4096 ~= parts[1].utf8.count,
            parts[1].utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { throw .unauthenticated("Send Authorization: Bearer and a token.") }
        return .bearer(String(parts[1]))
    }
}

extension Problem {
    /// 401 with the challenge that RFC 9110 asks for.
    package static func unauthenticated(_ detail: String? = nil) -> Problem {
        Problem(.unauthenticated, detail, headers: [.wwwAuthenticate: "Bearer"])
    }
}
