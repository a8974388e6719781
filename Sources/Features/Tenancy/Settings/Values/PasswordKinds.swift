import Kernel

/// Of how many kinds of characters a password has to be. Each is of one, so that one is no rule.
enum PasswordKinds {
    static let schema: Schema<Int> = .int(0...4).map(
        { count throws(Invalid) in
            guard count != 1 else { throw Invalid("must be 0, 2, 3 or 4") }
            return count
        }, { $0 })
}
