import Crypto
import Cryptography
import FoundationEssentials
import Kernel

/// The envelope in which WeCom sends what it has to say, and takes answers: signed by SHA-1 over the sorted parts with a
/// token that both know, and sealed by AES-256-CBC.
struct WeComEnvelope: Sendable {
    /// Why an envelope is not opened. The vendor is told nothing of it.
    enum Fault: Error, Equatable {
        /// The signature is not that of the token.
        case forged
        /// It does not open, or not to what it should be.
        case unreadable
        /// It is for another company.
        case misdirected
    }

    /// Something sealed and signed.
    struct Sealed: Equatable {
        let text: String
        let signature: String
    }

    private static let block = 32
    private static let randomBytes = 16
    /// More than any event of theirs.
    private static let largest = 64 << 10

    private let token: String
    private let key: [UInt8]
    /// The company's id.
    private let receiver: String
    private var vector: [UInt8] { Array(key.prefix(16)) }

    /// Nil if the key is not one of theirs: 43 characters of base64, of which the last has two bits that count for nothing.
    init?(token: String, encodingKey: String, receiver: String) {
        guard !token.isEmpty, encodingKey.utf8.count == 43, let key = Data(base64Encoded: encodingKey + "="),
            key.count == 32
        else { return nil }
        self.token = token
        self.key = Array(key)
        self.receiver = receiver
    }

    func signature(_ timestamp: String, _ nonce: String, _ sealed: String) -> String {
        let parts = [token, timestamp, nonce, sealed].map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        return Hex.encode(Array(Insecure.SHA1.hash(data: parts.flatMap(\.self))))
    }

    /// What is in it, once it is known to come from who knows the token, and to be meant for this company.
    func open(_ sealed: String, signature: String, timestamp: String, nonce: String) throws(Fault) -> [UInt8] {
        guard sealed.utf8.count <= Self.largest,
            ConstantTime.equals(self.signature(timestamp, nonce, sealed), signature)
        else { throw .forged }
        guard let bytes = Base64.decode(sealed),
            let plain = AESCBC.open(bytes, key: key, iv: vector, padding: Self.block),
            plain.count >= Self.randomBytes + 4
        else { throw .unreadable }
        let count = plain[Self.randomBytes..<Self.randomBytes + 4].reduce(0) { $0 << 8 | Int($1) }
        let rest = plain.dropFirst(Self.randomBytes + 4)
        guard count <= rest.count else { throw .unreadable }
        guard ConstantTime.equals(rest.dropFirst(count), receiver.utf8) else { throw .misdirected }
        return Array(rest.prefix(count))
    }

    func seal(
        _ message: [UInt8], timestamp: String, nonce: String, random: [UInt8] = SecureRandom.bytes(randomBytes)
    ) -> Sealed? {
        let count = UInt32(message.count)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
        let plain = random + length + message + Array(receiver.utf8)
        guard let bytes = AESCBC.seal(plain, key: key, iv: vector, padding: Self.block) else { return nil }
        let text = Base64.encode(bytes)
        return Sealed(text: text, signature: signature(timestamp, nonce, text))
    }
}
