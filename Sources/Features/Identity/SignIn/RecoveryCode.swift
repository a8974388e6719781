import Cryptography
package import Kernel

/// A one-time replacement for a lost second factor: 80 random bits as `xxxx-xxxx-xxxx-xxxx`. Only its hash is kept.
package struct RecoveryCode: Sendable {
    package static let count = 10

    private let characters: String

    /// A fresh code.
    package init() {
        characters = Base32RFC4648.encode(SecureRandom.bytes(10)).lowercased()
    }

    /// What a person typed, or nil if it cannot be a code. Spaces, dashes and capitals do not matter.
    package init?(_ text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let typed = text.lowercased().filter { $0 != " " && $0 != "-" }
        guard typed.utf8.count == 16, Base32RFC4648.decode(typed) != nil else { return nil }
        characters = typed
    }

    /// The code as it is shown, once.
    package var text: String {
        var rest = characters[...]
        var groups: [Substring] = []
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: "-")
    }

    /// The hash is bound to the person: equal rows of two people would not be equal codes.
    package func hash(for user: UserID) -> [UInt8] {
        Hash256.of(Array("recovery\n\(user.text)\n\(characters)".utf8)).bytes
    }
}
