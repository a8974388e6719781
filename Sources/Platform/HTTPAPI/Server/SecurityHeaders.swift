import HTTPTypes

/// What every response tells a browser not to do.
struct SecurityHeaders: Sendable {
    /// For what is no page: nothing may run, load or frame it.
    static let api: HTTPFields = {
        var fields = common
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        return fields
    }()

    /// For our own plain pages: their styles are in them, and nothing else is.
    static let page: HTTPFields = {
        var fields = common
        fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; "
            + "form-action 'none'"
        return fields
    }()

    let portal: HTTPFields
    /// For the one page of the portal whose form goes to an identity provider, and which shows nothing.
    let leaving: HTTPFields
    static let leavingPath = "/sign-in/leave"

    /// The portal's scripts come from its own origin only; it talks to that and to the workers.
    init(connectOrigins: [String]) {
        let connect = (["'self'"] + connectOrigins.filter(Self.isOrigin)).joined(separator: " ")
        var fields = Self.common
        let policy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            + "font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
            + "connect-src \(connect); frame-ancestors 'none'; base-uri 'none'; form-action "
        fields[.contentSecurityPolicy] = policy + "'self'"
        portal = fields
        fields[.contentSecurityPolicy] = policy + "https: http:"
        leaving = fields
    }

    /// One origin and nothing that would end the directive.
    static func isOrigin(_ text: String) -> Bool {
        let schemes = ["ws://", "wss://", "http://", "https://"]
        guard let scheme = schemes.first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return !rest.isEmpty
            && rest.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || ".:-*[]".utf8.contains(byte)
            }
    }

    private static let common: HTTPFields = [
        .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer", .crossOriginResourcePolicy: "same-origin",
        .crossOriginOpenerPolicy: "same-origin", .permissionsPolicy: "camera=(), geolocation=(), microphone=()",
    ]
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
}
