import COpenSSL
import Crypto

/// MS-CHAPv2 (RFC 2759), as far as a client has a part in it: for servers that know only a hash of the password, Active
/// Directory above all. It is weak: whoever sees it finds the password with some patience. Inside of TLS nobody does.
struct MSCHAP {
    /// What the server answers if it knows the password too: `S=` and 40 digits.
    let success: String
    let response: [UInt8]

    /// `name` is the login without a Windows domain in front of it. Nil for a password that is longer than 256 characters.
    init?(name: String, password: String, challenge: [UInt8], peer: [UInt8]) {
        let units = password.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        guard 1...256 ~= units.count / 2, challenge.count == 16, peer.count == 16 else { return nil }
        let account = name.split(separator: "\\").last.map { Array(String($0).utf8) } ?? []
        let mixed = Array(Insecure.SHA1.hash(data: peer + challenge + account).prefix(8))
        let hash = Self.md4(units)
        let response = Self.response(to: mixed, hash)
        // RFC 2759 §8.7.
        let digest = Array(
            Insecure.SHA1.hash(
                data: Self.md4(hash) + response + Array("Magic server to client signing constant".utf8)))
        let proof = Insecure.SHA1.hash(
            data: digest + mixed + Array("Pad to make it do more than one iteration".utf8))
        self.response = response
        success = "S=" + proof.map { Self.digits[Int($0 >> 4)] + Self.digits[Int($0 & 15)] }.joined()
    }

    private static let digits = "0123456789ABCDEF".map(String.init)

    private static func md4(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            _ = COpenSSL.MD4(bytes, bytes.count, buffer.baseAddress)
            count = 16
        }
    }

    /// RFC 2759 §8.5: three blocks under the hash, which is filled up to 21 bytes.
    private static func response(to challenge: [UInt8], _ hash: [UInt8]) -> [UInt8] {
        let key = hash + [UInt8](repeating: 0, count: 5)
        return stride(from: 0, to: 21, by: 7).flatMap { start in
            let seven = Array(key[start..<start + 7])
            return [UInt8](unsafeUninitializedCapacity: 8) { buffer, count in
                gh_des_block(seven, challenge, buffer.baseAddress)
                count = 8
            }
        }
    }
}

extension RADIUSAttribute {
    static let vendorSpecific: UInt8 = 26
    private static let microsoft: [UInt8] = [0, 0, 1, 0x37]
    static let microsoftChallenge: UInt8 = 11
    static let microsoftResponse: UInt8 = 25
    static let microsoftSuccess: UInt8 = 26

    /// An attribute of Microsoft's (RFC 2548).
    static func microsoft(_ type: UInt8, _ value: [UInt8]) -> RADIUSAttribute {
        RADIUSAttribute(vendorSpecific, microsoft + [type, UInt8(value.count + 2)] + value)
    }

    /// The values of one of Microsoft's attributes that are in this one.
    func microsoftValues(_ wanted: UInt8) -> [[UInt8]] {
        guard type == Self.vendorSpecific, value.starts(with: Self.microsoft) else { return [] }
        var (rest, found): (ArraySlice<UInt8>, [[UInt8]]) = (value.dropFirst(4), [])
        while rest.count >= 2 {
            let size = Int(rest[rest.startIndex + 1])
            guard size >= 2, size <= rest.count else { break }
            if rest[rest.startIndex] == wanted { found.append(Array(rest.dropFirst(2).prefix(size - 2))) }
            rest = rest.dropFirst(size)
        }
        return found
    }
}
