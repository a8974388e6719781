import Crypto
import Cryptography

/// The secret that a server shares with us, and everything that is computed with it. All of it is MD5, because the
/// protocol has nothing else: what keeps answers from being forged is the Message-Authenticator (RFC 3579 §3.2).
package struct RADIUSSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 1024 else { return nil }
        bytes = Array(text.utf8)
    }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// User-Password (RFC 2865 §5.2); nil for what the attribute cannot hold.
    func hidden(_ password: [UInt8], _ authenticator: [UInt8]) -> [UInt8]? {
        guard 1...128 ~= password.count, !password.contains(0) else { return nil }
        return hidden(
            padded: password + [UInt8](repeating: 0, count: (16 - password.count % 16) % 16), authenticator)
    }

    /// An empty User-Password, which is nobody's password.
    func hiddenNothing(_ authenticator: [UInt8]) -> [UInt8] {
        hidden(padded: [UInt8](repeating: 0, count: 16), authenticator)
    }

    private func hidden(padded: [UInt8], _ authenticator: [UInt8]) -> [UInt8] {
        var hidden: [UInt8] = []
        var last = authenticator
        for start in stride(from: 0, to: padded.count, by: 16) {
            let mask = Array(Insecure.MD5.hash(data: bytes + last))
            last = (0..<16).map { padded[start + $0] ^ mask[$0] }
            hidden += last
        }
        return hidden
    }

    /// CHAP-Password (RFC 2865 §5.3): the secret has no part in it, the server must know the password.
    static func chap(_ id: UInt8, _ password: [UInt8], _ challenge: [UInt8]) -> [UInt8] {
        [id] + Insecure.MD5.hash(data: [id] + password + challenge)
    }

    /// HMAC-MD5 over the packet with nothing but zeros in the attribute itself. In a response, the request's
    /// authenticator stands where the response's own will.
    func messageAuthenticator(of packet: RADIUSPacket, answering request: [UInt8]? = nil) -> [UInt8] {
        let attributes = packet.attributes.map { attribute in
            attribute.type == RADIUSAttribute.messageAuthenticator
                ? RADIUSAttribute(attribute.type, [UInt8](repeating: 0, count: 16)) : attribute
        }
        let blank = RADIUSPacket(
            code: packet.code, id: packet.id, authenticator: request ?? packet.authenticator, attributes: attributes)
        return Array(HMAC<Insecure.MD5>.authenticationCode(for: blank.bytes, using: SymmetricKey(data: bytes)))
    }

    /// The Response Authenticator (RFC 2865 §3).
    func responseAuthenticator(of packet: RADIUSPacket, answering request: [UInt8]) -> [UInt8] {
        let blank = RADIUSPacket(
            code: packet.code, id: packet.id, authenticator: request, attributes: packet.attributes)
        return Array(Insecure.MD5.hash(data: blank.bytes + bytes))
    }
}
