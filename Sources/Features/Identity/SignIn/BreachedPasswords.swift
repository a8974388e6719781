import Crypto
package import FoundationEssentials
package import Kernel

/// Passwords that leaked, as a Bloom filter over their SHA-1: what is in it is always known, and one in many thousands of
/// other passwords is taken for known, too. `Deploy/breached-passwords` makes the files.
///
/// SHA-1, because that is how the large public lists come.
package struct BreachedPasswords: Sendable {
    private static let magic = Array("gatebf01".utf8)
    private static let header = 24

    private let data: Data
    private let hashes: UInt64
    private let bits: UInt64

    /// What is built in.
    package static let shipped: BreachedPasswords = {
        let text = shippedText.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        guard let data = Data(base64Encoded: text), let filter = try? BreachedPasswords(data) else {
            preconditionFailure("the filter that is built in is no filter")
        }
        return filter
    }()

    package init(_ data: Data) throws(Invalid) {
        guard data.count > Self.header, data.prefix(8).elementsEqual(Self.magic) else {
            throw Invalid("is no filter of breached passwords")
        }
        self.data = data
        hashes = Self.number(at: 8, of: data)
        bits = Self.number(at: 16, of: data)
        guard 1...64 ~= hashes, bits > 0, UInt64(data.count - Self.header) == (bits - 1) / 8 + 1 else {
            throw Invalid("is a filter of breached passwords that lacks a part")
        }
    }

    /// Whether the password is known as it is, or in small letters.
    package func contains(_ password: String) -> Bool {
        has(password) || has(password.lowercased())
    }

    private func has(_ text: String) -> Bool {
        let digest = Data(Insecure.SHA1.hash(data: Data(text.utf8)))
        let (first, step) = (Self.number(at: 0, of: digest), Self.number(at: 8, of: digest) | 1)
        return (0..<hashes).allSatisfy { number in
            let place = (first &+ number &* step) % bits
            return data[data.startIndex + Self.header + Int(place >> 3)] >> UInt8(place & 7) & 1 == 1
        }
    }

    private static func number(at place: Int, of data: Data) -> UInt64 {
        data.dropFirst(place).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
