import CArgon2

/// What a hash costs.
package struct Argon2Cost: Sendable, Equatable {
    package let kibibytes: UInt32
    package let passes: UInt32
    package let lanes: UInt32

    package init(kibibytes: UInt32, passes: UInt32, lanes: UInt32 = 1) {
        self.kibibytes = kibibytes
        self.passes = passes
        self.lanes = lanes
    }

    /// OWASP's parameters: 19 MiB, two passes, one lane.
    package static let standard = Argon2Cost(kibibytes: 19_456, passes: 2)
}

/// A PHC string that is argon2id and asks for no more than this machine should give.
struct Argon2Hash {
    let text: String
    let cost: Argon2Cost

    init(parsing text: String) throws(PasswordError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 512, parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
            !text.utf8.contains(0)
        else { throw .malformedHash }
        let numbers = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, let memory = Self.number("m=", numbers[0]),
            let passes = Self.number("t=", numbers[1]),
            let lanes = Self.number("p=", numbers[2]), 8...262_144 ~= memory, 1...16 ~= passes, 1...8 ~= lanes
        else { throw .malformedHash }
        self.text = text
        cost = Argon2Cost(kibibytes: memory, passes: passes, lanes: lanes)
    }

    private static func number(_ name: String, _ text: Substring) -> UInt32? {
        text.hasPrefix(name) ? UInt32(text.dropFirst(name.count)) : nil
    }
}

/// libargon2.
enum Argon2 {
    private static let saltBytes = 16
    private static let hashBytes = 32

    static func encodedHash(of password: some Collection<UInt8>, cost: Argon2Cost) throws(PasswordError) -> String {
        let password = SecretBytes(password)
        let salt = SecureRandom.bytes(saltBytes)
        let length = argon2_encodedlen(
            cost.passes, cost.kibibytes, cost.lanes, UInt32(saltBytes), UInt32(hashBytes), Argon2_id)
        var text = [CChar](repeating: 0, count: length)
        let code = password.withBytes {
            argon2id_hash_encoded(
                cost.passes, cost.kibibytes, cost.lanes, $0.baseAddress, $0.count, salt, salt.count, hashBytes, &text,
                text.count)
        }
        guard code == ARGON2_OK.rawValue else { throw .failed(code: code) }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func verify(_ password: UnsafeRawBufferPointer, against hash: Argon2Hash) throws(PasswordError) -> Bool {
        let code = argon2id_verify(hash.text, password.baseAddress, password.count)
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        case ARGON2_MEMORY_ALLOCATION_ERROR.rawValue: throw .failed(code: code)
        default: throw .malformedHash
        }
    }
}
