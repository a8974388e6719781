import CKeptMemory
import CSodium
import Glibc

/// What a hash costs. There is one lane: libsodium works on no more at once.
package struct Argon2Cost: Sendable, Equatable {
    package let kibibytes: UInt32
    package let passes: UInt32

    package init(kibibytes: UInt32, passes: UInt32) {
        self.kibibytes = kibibytes
        self.passes = passes
    }

    /// OWASP's parameters: 19 MiB, two passes, one lane.
    package static let standard = Argon2Cost(kibibytes: 19_456, passes: 2)
}

/// A PHC string that is argon2id and asks for no more than this machine should give.
struct Argon2Hash: Sendable {
    static let saltBytes = Int(crypto_pwhash_SALTBYTES)

    let cost: Argon2Cost
    let salt: [UInt8]
    let tag: [UInt8]

    init(cost: Argon2Cost, salt: [UInt8], tag: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.tag = tag
    }

    init(parsing text: String) throws(PasswordError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 512, parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19"
        else { throw .malformedHash }
        let numbers = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, let memory = Self.number("m=", numbers[0]),
            let passes = Self.number("t=", numbers[1]), 8...262_144 ~= memory, 1...16 ~= passes, numbers[2] == "p=1",
            let salt = Base64.decode(String(parts[4])), salt.count == Self.saltBytes,
            let tag = Base64.decode(String(parts[5])), 16...64 ~= tag.count
        else { throw .malformedHash }
        self.init(cost: Argon2Cost(kibibytes: memory, passes: passes), salt: salt, tag: tag)
    }

    var text: String {
        "$argon2id$v=19$m=\(cost.kibibytes),t=\(cost.passes),p=1$\(Self.base64(salt))$\(Self.base64(tag))"
    }

    private static func number(_ name: String, _ text: Substring) -> UInt32? {
        text.hasPrefix(name) ? UInt32(text.dropFirst(name.count)) : nil
    }

    /// PHC strings have no padding.
    private static func base64(_ bytes: [UInt8]) -> String { String(Base64.encode(bytes).prefix { $0 != "=" }) }
}

/// libsodium's argon2id, which is about twice as fast as the reference's where a processor has AVX2 (ADR 11).
///
/// Only the bare function is used. `crypto_pwhash_str_verify` says of a hash that got no memory what it says of a wrong
/// password, and that must be no answer to whoever typed the right one.
enum Argon2 {
    private static let tagBytes = 32
    private static let isReady = sodium_init() >= 0

    static func encodedHash(of password: some Collection<UInt8>, cost: Argon2Cost) throws -> String {
        let salt = SecureRandom.bytes(Argon2Hash.saltBytes)
        let tag = try SecretBytes(password).withBytes { password in
            try withTag(of: password, salt, cost, count: tagBytes) { Array($0) }
        }
        return Argon2Hash(cost: cost, salt: salt, tag: tag).text
    }

    static func verify(_ password: UnsafeRawBufferPointer, against hash: Argon2Hash) throws -> Bool {
        try withTag(of: password, hash.salt, hash.cost, count: hash.tag.count) {
            sodium_memcmp($0.baseAddress, hash.tag, hash.tag.count) == 0
        }
    }

    /// Lends what comes out, and wipes it.
    private static func withTag<Result>(
        of password: UnsafeRawBufferPointer, _ salt: [UInt8], _ cost: Argon2Cost, count: Int,
        _ body: (UnsafeMutableBufferPointer<UInt8>) -> Result
    ) throws -> Result {
        guard isReady, let typed = password.assumingMemoryBound(to: CChar.self).baseAddress else {
            throw PasswordError.failed(code: ENOSYS)
        }
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { tag in
            guard let start = tag.baseAddress else { throw PasswordError.malformedHash }
            defer { sodium_memzero(start, count) }
            // libsodium maps its memory for each hash, and the thread's own is as good (ADR 12).
            kept_memory_lend()
            defer { kept_memory_take_back() }
            let code = crypto_pwhash(
                start, UInt64(count), typed, UInt64(password.count), salt, UInt64(cost.passes),
                Int(cost.kibibytes) * 1024, crypto_pwhash_ALG_ARGON2ID13)
            guard code == 0 else { throw PasswordError.failed(code: errno) }
            return body(tag)
        }
    }
}
