import Crypto
import CryptoExtras
import FoundationEssentials

/// AES-256 in CBC mode with the padding of PKCS #7, as messengers encrypt what they call us with. It proves nothing by
/// itself: whoever uses it checks a signature or a word inside as well, and says the same of every failure.
package enum AESCBC {
    private static let block = 16

    /// What was encrypted, or nil. `padding` is the block that the text was filled up to: 16, and for some 32 bytes.
    package static func open(_ bytes: some Collection<UInt8>, key: [UInt8], iv: [UInt8], padding: Int = 16) -> [UInt8]?
    {
        guard key.count == 32, iv.count == block, !bytes.isEmpty, bytes.count.isMultiple(of: block),
            let vector = try? AES._CBC.IV(ivBytes: iv),
            let plain = try? AES._CBC.decrypt(
                Array(bytes), using: SymmetricKey(data: key), iv: vector, noPadding: true),
            let last = plain.last, 1...padding ~= Int(last), Int(last) <= plain.count,
            plain.suffix(Int(last)).allSatisfy({ $0 == last })
        else { return nil }
        return Array(plain.dropLast(Int(last)))
    }

    /// The same the other way round.
    package static func seal(_ bytes: [UInt8], key: [UInt8], iv: [UInt8], padding: Int = 16) -> [UInt8]? {
        let fill = padding - bytes.count % padding
        guard key.count == 32, iv.count == block, let vector = try? AES._CBC.IV(ivBytes: iv),
            let sealed = try? AES._CBC.encrypt(
                bytes + [UInt8](repeating: UInt8(fill), count: fill), using: SymmetricKey(data: key), iv: vector,
                noPadding: true)
        else { return nil }
        return Array(sealed)
    }
}
