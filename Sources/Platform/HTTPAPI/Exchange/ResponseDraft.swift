package import HTTPTypes
import Synchronization

/// Cookies and headers that a handler adds to its answer. They are sent only if the handler returns.
package final class ResponseDraft: Sendable {
    private let isSecure: Bool
    private let fields = Mutex<HTTPFields>([:])

    package init(isSecure: Bool = false) {
        self.isSecure = isSecure
    }

    /// Sets a cookie that scripts cannot read.
    package func set(_ cookie: Cookie) {
        let text = cookie.headerValue(isSecure: isSecure)
        fields.withLock { $0.append(HTTPField(name: .setCookie, value: text)) }
    }

    /// Makes the browser forget a cookie.
    package func clear(cookie name: String) {
        set(Cookie(name, "", maxAge: 0))
    }

    /// Sets a header in place of one of the same name.
    package func set(_ name: HTTPField.Name, _ value: String) {
        fields.withLock { $0[name] = value }
    }

    /// What the handler has set so far.
    package var headers: HTTPFields { fields.withLock { $0 } }
}

/// A cookie for the whole host, out of reach of scripts and of other sites' requests.
package struct Cookie: Sendable {
    package enum SameSite: String, Sendable { case lax = "Lax", strict = "Strict" }

    package let name: String
    package let value: String
    package let maxAge: Int?
    package let sameSite: SameSite

    /// The name without `__Host-`; the value must be of the characters that RFC 6265 allows, as tokens are.
    package init(_ name: String, _ value: String, maxAge: Int?, sameSite: SameSite = .lax) {
        precondition(value.utf8.allSatisfy { 0x21...0x7E ~= $0 && !#"",;\"#.utf8.contains($0) }, "no cookie value")
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.sameSite = sameSite
    }

    static func wireName(_ name: String, isSecure: Bool) -> String { isSecure ? "__Host-\(name)" : name }

    func headerValue(isSecure: Bool) -> String {
        var text =
            "\(Self.wireName(name, isSecure: isSecure))=\(value); Path=/; HttpOnly; SameSite=\(sameSite.rawValue)"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isSecure { text += "; Secure" }
        return text
    }
}
