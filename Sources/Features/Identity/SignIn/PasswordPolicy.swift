package import Kernel

/// What a new password must be: long, and not one that a guesser tries first. Of several kinds of characters only where
/// the company says so: such rules produce `Password1!` (NIST 800-63B-4 §3.1.1.2).
package enum PasswordPolicy {
    /// What has to be left of a password once every word that a guesser knows is taken out of it.
    private static let leastOwn = 8
    private static let leastTurns = 5

    /// Refuses a weak password. `words` are what everybody knows about the account: login, name, mail, tenant.
    package static func check(
        _ password: String, words: [String], shortest: Int, kinds: Int = 0, breached: BreachedPasswords
    ) throws(Invalid) {
        guard password.unicodeScalars.count >= shortest else {
            throw Invalid("must be at least \(shortest) characters long; a few words in a row are good")
        }
        guard password.utf8.count <= 1024 else { throw Invalid("must be at most 1024 bytes long") }
        if let missing = CharacterKind.missing(in: password, of: kinds) { throw Invalid(missing) }
        let folded = password.lowercased()
        guard Set(folded.unicodeScalars).count >= leastTurns, turns(in: folded) >= leastTurns else {
            throw Invalid("must not be a run or a repetition of a few characters")
        }
        guard !CommonPasswords.whole.contains(folded) else { throw Invalid("is one of the most common passwords") }
        guard !breached.contains(password) else {
            throw Invalid("is on a list of passwords that leaked, which guessers try first")
        }
        let known = words.flatMap(parts)
        guard own(folded, without: known) >= leastOwn else {
            throw Invalid("must not be built from the login, the name or the company")
        }
        guard own(plain(folded), without: known + CommonPasswords.words) >= leastOwn,
            own(folded, without: known + CommonPasswords.words) >= leastOwn
        else { throw Invalid("is built from words that guessers try first") }
    }

    private static func parts(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count >= 3 }
    }

    /// How many letters and digits are left when the words are taken out; everything, if none of them is in it.
    private static func own(_ text: String, without words: [String]) -> Int {
        var rest = text
        for word in words.sorted(by: { $0.count > $1.count }) { rest = rest.replacing(word, with: "") }
        return rest == text ? .max : rest.count { $0.isLetter || $0.isNumber }
    }

    /// The usual disguises taken off: `p@ssw0rd` is `password`.
    private static func plain(_ text: String) -> String {
        let disguises: [Character: Character] = [
            "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
        ]
        return String(text.map { disguises[$0] ?? $0 })
    }

    /// How often the text does something else than go on along the alphabet, the digits or a row of keys.
    private static func turns(in text: String) -> Int {
        let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"].map(Array.init)
        let characters = Array(text)
        return zip(characters, characters.dropFirst()).count { left, right in
            if let a = left.asciiValue, let b = right.asciiValue, abs(Int(a) - Int(b)) <= 1 { return false }
            return !rows.contains { row in
                guard let a = row.firstIndex(of: left), let b = row.firstIndex(of: right) else { return false }
                return abs(a - b) <= 1
            }
        }
    }
}
