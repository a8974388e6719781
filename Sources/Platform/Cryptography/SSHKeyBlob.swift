import Crypto

/// Checks the inside of a public key blob (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709, OpenSSH PROTOCOL.u2f).
struct SSHKeyBlob {
    private var rest: ArraySlice<UInt8>

    /// The algorithm of a blob that is well-formed to its last byte and strong enough.
    static func algorithm(of blob: [UInt8]) throws(SSHPublicKeyError) -> SSHPublicKey.Algorithm {
        guard blob.count <= 8192 else { throw .malformed }
        var reader = SSHKeyBlob(rest: blob[...])
        let name = String(decoding: try reader.string(), as: UTF8.self)
        guard name != "ssh-dss" else { throw .dsa }
        guard let algorithm = SSHPublicKey.Algorithm(rawValue: name) else { throw .algorithm }
        switch algorithm {
        case .rsa: try reader.rsa()
        case .ed25519: try reader.ed25519()
        case .p256: try reader.curve("nistp256", size: 32) { _ = try P256.Signing.PublicKey(x963Representation: $0) }
        case .p384: try reader.curve("nistp384", size: 48) { _ = try P384.Signing.PublicKey(x963Representation: $0) }
        case .p521: try reader.curve("nistp521", size: 66) { _ = try P521.Signing.PublicKey(x963Representation: $0) }
        case .securityKeyEd25519:
            try reader.ed25519()
            try reader.application()
        case .securityKeyP256:
            try reader.curve("nistp256", size: 32) { _ = try P256.Signing.PublicKey(x963Representation: $0) }
            try reader.application()
        }
        guard reader.rest.isEmpty else { throw .malformed }
        return algorithm
    }

    private mutating func string() throws(SSHPublicKeyError) -> ArraySlice<UInt8> {
        guard rest.count >= 4 else { throw .malformed }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= rest.count - 4 else { throw .malformed }
        defer { rest = rest.dropFirst(4 + length) }
        return rest.dropFirst(4).prefix(length)
    }

    /// A positive number in the shortest form.
    private mutating func number() throws(SSHPublicKeyError) -> ArraySlice<UInt8> {
        let bytes = try string()
        guard let first = bytes.first, first < 0x80 else { throw .malformed }
        guard first == 0 else { return bytes }
        guard let second = bytes.dropFirst().first, second >= 0x80 else { throw .malformed }
        return bytes.dropFirst()
    }

    private mutating func rsa() throws(SSHPublicKeyError) {
        let exponent = try number()
        let modulus = try number()
        guard let top = modulus.first, let low = modulus.last, low & 1 == 1, let odd = exponent.last, odd & 1 == 1,
            exponent.count > 1 || odd >= 3, exponent.count <= 8
        else { throw .malformed }
        let bits = modulus.count * 8 - top.leadingZeroBitCount
        guard bits >= 2048 else { throw .weakRSA(bits: bits) }
        guard bits <= 16_384 else { throw .malformed }
    }

    private mutating func ed25519() throws(SSHPublicKeyError) {
        guard try string().count == 32 else { throw .malformed }
    }

    private mutating func curve(
        _ name: String, size: Int, decode: ([UInt8]) throws -> Void
    ) throws(SSHPublicKeyError) {
        guard try string().elementsEqual(name.utf8) else { throw .malformed }
        let point = try string()
        guard point.count == 1 + 2 * size, point.first == 4 else { throw .malformed }
        do { try decode(Array(point)) } catch { throw .point }
    }

    private mutating func application() throws(SSHPublicKeyError) {
        guard 1...256 ~= (try string().count) else { throw .malformed }
    }
}
