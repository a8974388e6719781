/// A packet of RFC 2865, as bytes on the wire say it. Nothing here knows the secret.
struct RADIUSPacket: Sendable, Equatable {
    enum Code: UInt8, Sendable {
        case accessRequest = 1
        case accessAccept = 2
        case accessReject = 3
        case accessChallenge = 11
        /// RFC 5997: whether a server is there.
        case statusServer = 12
    }

    /// Why bytes are no packet. Whatever does not fit is dropped without an answer (RFC 2865 §3).
    enum Fault: Error, Equatable {
        case tooShort
        case length
        case attributeLength
        case code(UInt8)
    }

    static let headBytes = 20
    static let mostBytes = 4096

    let code: Code
    let id: UInt8
    let authenticator: [UInt8]
    let attributes: [RADIUSAttribute]

    init(code: Code, id: UInt8, authenticator: [UInt8], attributes: [RADIUSAttribute]) {
        self.code = code
        self.id = id
        self.authenticator = authenticator
        self.attributes = attributes
    }

    /// Reads a datagram. Bytes behind the packet's length are padding; a packet that claims more than came is none.
    init(_ datagram: [UInt8]) throws(Fault) {
        guard datagram.count >= Self.headBytes else { throw .tooShort }
        let length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= Self.headBytes, length <= Self.mostBytes, length <= datagram.count else { throw .length }
        guard let code = Code(rawValue: datagram[0]) else { throw .code(datagram[0]) }
        var attributes: [RADIUSAttribute] = []
        var place = Self.headBytes
        while place < length {
            guard length - place >= 2 else { throw .attributeLength }
            let size = Int(datagram[place + 1])
            guard size >= 2, size <= length - place else { throw .attributeLength }
            attributes.append(RADIUSAttribute(datagram[place], Array(datagram[place + 2..<place + size])))
            place += size
        }
        self.init(code: code, id: datagram[1], authenticator: Array(datagram[4..<20]), attributes: attributes)
    }

    var bytes: [UInt8] {
        let body = attributes.flatMap(\.bytes)
        let length = Self.headBytes + body.count
        return [code.rawValue, id, UInt8(length >> 8), UInt8(length & 0xFF)] + authenticator + body
    }
}

/// One attribute: its number and up to 253 bytes.
package struct RADIUSAttribute: Sendable, Hashable {
    package static let mostBytes = 253

    package let type: UInt8
    package let value: [UInt8]

    package init(_ type: UInt8, _ value: [UInt8]) {
        precondition(value.count <= Self.mostBytes)
        self.type = type
        self.value = value
    }

    var bytes: [UInt8] { [type, UInt8(value.count + 2)] + value }
}

extension RADIUSAttribute {
    static let userName: UInt8 = 1
    static let userPassword: UInt8 = 2
    static let chapPassword: UInt8 = 3
    package static let filterID: UInt8 = 11
    package static let replyMessage: UInt8 = 18
    static let state: UInt8 = 24
    package static let `class`: UInt8 = 25
    static let callingStation: UInt8 = 31
    static let nasIdentifier: UInt8 = 32
    static let chapChallenge: UInt8 = 60
    static let messageAuthenticator: UInt8 = 80
}
