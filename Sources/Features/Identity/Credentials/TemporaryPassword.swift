import Cryptography
package import FoundationEssentials
package import Kernel

/// A password that is good once and for a short time, in place of a person's own; shown once.
package struct TemporaryPassword: WireValue {
    /// For oneself, such as before going to a machine that one does not trust.
    package static let ownLife: TimeInterval = 60 * 60
    /// For somebody who has to be told it.
    package static let givenLife: TimeInterval = 24 * 60 * 60

    package let password: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("password", \.password, .text(1...40), note: "Shown once, and good once.")
        Field("expiresAt", \.expiresAt)
    }

    /// Eighty random bits in letters and digits that are easy to type, in groups of four.
    static func text() -> String {
        let letters = Array(Base32RFC4648.encode(SecureRandom.bytes(10)).lowercased())
        return stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }
            .joined(separator: "-")
    }

    /// What is stored of it. It needs no slow hash, since nobody can guess it.
    static func hash(of typed: String) -> [UInt8] {
        let plain = typed.lowercased().filter { $0 != "-" && $0 != " " }
        return RandomToken.hash(of: "temporary password " + plain).bytes
    }
}
