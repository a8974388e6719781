import Crypto
package import FoundationEssentials

/// Time-based one-time passwords (RFC 6238).
package struct TOTP: Sendable {
    package enum Algorithm: String, Sendable {
        case sha1 = "SHA1"
        case sha256 = "SHA256"
        case sha512 = "SHA512"
    }

    /// Six digits, 30 seconds, SHA-1: the only set that every authenticator app reads.
    package static let standard = TOTP()
    private static let period = 30
    private static let drift = 2

    private let algorithm: Algorithm
    private let digits: Int

    package init(algorithm: Algorithm = .sha1, digits: Int = 6) {
        precondition(6...8 ~= digits)
        self.algorithm = algorithm
        self.digits = digits
    }

    /// A fresh secret of 160 bits.
    package static func newSecret() -> [UInt8] { SecureRandom.bytes(20) }

    package static func code(secret: [UInt8], at now: Date) -> String {
        standard.code(secret: secret, at: now)
    }

    package static func verify(code: String, secret: [UInt8], at now: Date, lastStep: Int?) -> Int? {
        standard.verify(code: code, secret: secret, at: now, lastStep: lastStep)
    }

    package func code(secret: [UInt8], at now: Date) -> String {
        code(secret: secret, step: Self.step(at: now))
    }

    /// The time step whose code this is, or nil: now, or two steps before or after, since telephones run fast and slow, and
    /// later than the last one accepted.
    /// The caller stores the returned step, in the statement that checks it is still greater, so that no code works twice.
    package func verify(code: String, secret: [UInt8], at now: Date, lastStep: Int?) -> Int? {
        let now = Self.step(at: now)
        var matched: Int?
        // All of them, always: the time taken must not tell which one it was.
        for step in now - Self.drift...now + Self.drift
        where ConstantTime.equals(self.code(secret: secret, step: step), code) && step > lastStep ?? Int.min {
            matched = matched ?? step
        }
        return matched
    }

    /// What the QR code says.
    package static func uri(issuer: String, account: String, secret: [UInt8]) -> String {
        let (issuer, account) = (escape(issuer), escape(account))
        let key = Base32RFC4648.encode(secret)
        return "otpauth://totp/\(issuer):\(account)?secret=\(key)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30"
    }

    private static func step(at now: Date) -> Int {
        Int((now.timeIntervalSince1970 / Double(period)).rounded(.down))
    }

    private func code(secret: [UInt8], step: Int) -> String {
        let mac = mac(SymmetricKey(data: secret), Int64(step).bigEndianBytes)
        let offset = Int(mac[mac.count - 1] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    private func mac(_ key: SymmetricKey, _ message: [UInt8]) -> [UInt8] {
        switch algorithm {
        case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
        }
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}

extension FixedWidthInteger {
    /// The bytes of the number, the most significant one first.
    package var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
