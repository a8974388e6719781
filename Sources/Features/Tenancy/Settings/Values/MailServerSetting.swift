package import Kernel

/// The server that takes a tenant's mail, and the address that its letters come from.
package struct MailServerSetting: WireValue, Sendable {
    package enum Security: String, Sendable, CaseIterable, WireValue {
        /// TLS after STARTTLS, or no mail at all (port 587).
        case starttls
        /// TLS from the first byte (port 465).
        case tls
        /// No encryption (port 25): only to a host that is opened for outgoing calls, and without a login.
        case none
    }

    package let host: String
    package let port: Int?
    package let security: Security
    package let user: String?
    /// Nil where there is no login, and where secrets have been left out.
    package let password: Secret?
    package let from: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "host", \.host,
            .string(
                1...253, pattern: "^([a-z0-9.-]+|[0-9a-f:]+)$", "must be a host name in small letters, or an address"
            ) { isHost($0) })
        Field("port", \.port, .int(1...65535), note: "587 with starttls, 465 with tls, 25 with none, if absent.")
        Field("security", \.security)
        Field(
            "user", \.user,
            .string(1...255, pattern: "^[^\\x00-\\x1F\\x7F]+$", "must be one line") { isLine($0) })
        Field("password", \.password)
        Field(
            "from", \.from,
            .string(
                3...254, pattern: "^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
                "must be an address that mail comes from, such as gatehouse@example.com"
            ) { isAddress($0) })
    }

    /// What a login needs: that its password is there, and that nobody reads it on the way.
    func checkLogin() throws(Invalid) {
        if user == nil {
            guard password == nil else { throw Invalid("is required with a password", field: "user") }
        } else {
            guard security != .none else {
                throw Invalid("must be absent: without encryption anybody on the way reads the login", field: "user")
            }
            guard password != nil else {
                throw Invalid("is required, since the login or where it is used is another one", field: "password")
            }
        }
    }

    private static func isHost(_ text: String) -> Bool {
        text.utf8.allSatisfy { isSmall($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
            || text.contains(":")
                && text.utf8.allSatisfy { 0x30...0x3A ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
    }

    private static func isSmall(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x30...0x39 ~= byte }

    private static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 64 else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && (labels + atoms).allSatisfy { !$0.isEmpty }
            && labels.allSatisfy { $0.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") } }
            && atoms.allSatisfy { $0.utf8.allSatisfy { isWord($0) || "_+-".utf8.contains($0) } }
    }

    private static func isWord(_ byte: UInt8) -> Bool { isSmall(byte) || 0x41...0x5A ~= byte }
}
