/// What a character of a password is, as rules about their composition count.
enum CharacterKind: CaseIterable {
    case small, capital, digit
    /// Signs and spaces, and letters of scripts that have no capitals.
    case other

    init(_ character: Character) {
        // By the letter as people see it: an accent that is a scalar of its own makes no kind of its own.
        if character.isLowercase {
            self = .small
        } else if character.isUppercase {
            self = .capital
        } else {
            self = character.unicodeScalars.first?.properties.numericType == .decimal ? .digit : .other
        }
    }

    private var name: String {
        switch self {
        case .small: "a small letter"
        case .capital: "a capital letter"
        case .digit: "a digit"
        case .other: "a symbol"
        }
    }

    /// What to say of a password that is of fewer kinds than it has to be; nil if it is of enough.
    static func missing(in password: String, of count: Int) -> String? {
        let found = Set(password.map(Self.init))
        let names = allCases.filter { !found.contains($0) }.map(\.name)
        // Each is a sentence of its own, and not a list that is put together: they are told in other languages, too.
        switch (count - found.count, names.count) {
        case (...0, _): return nil
        case (1, 1): return "must also have \(names[0])"
        case (1, 2): return "must also have \(names[0]) or \(names[1])"
        case (_, 2): return "must also have \(names[0]) and \(names[1])"
        case (1, 3): return "must also have \(names[0]), \(names[1]) or \(names[2])"
        case (2, 3): return "must also have two of \(names[0]), \(names[1]) and \(names[2])"
        default: return "must also have \(names[0]), \(names[1]) and \(names[2])"
        }
    }
}
