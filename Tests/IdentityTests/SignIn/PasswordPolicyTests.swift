import Kernel
import Testing

@testable import Identity

@Suite struct PasswordPolicyTests {
    private let words = ["ada", "Ada Archer", "ada.archer@example.com", "acme", "Acme Hosting"]

    @Test(arguments: [
        "seven pelicans on the pier", "kV9#mtr2!xPq", "839201748263", "правильный конь", "马马虎虎好好学习天天向上吧",
        "blue-lantern-river", "Tr0mbone&Cactus", "?;{~<|}=/:_'", "acme is where nice people row",
    ])
    func `a password that guessers do not try is taken`(password: String) {
        #expect(throws: Never.self) {
            try PasswordPolicy.check(password, words: words, shortest: 12, breached: .shipped)
        }
    }

    @Test(arguments: [
        "", "short", "elevenchars", "aaaaaaaaaaaa", "abababababab", "123456789012", "098765432109", "qwertyuiop[]",
        "qwertyuiopas", "abcdefghijkl", "password1234", "Password2026!!", "P@ssw0rd2026", "passwordpassword",
        "Welcome-2026", "letmeinletmein", "adminadmin12", "1qaz2wsx3edc", "correcthorsebatterystaple", "iloveyou1234",
    ])
    func `what guessers try first is refused`(password: String) {
        #expect(throws: Invalid.self) {
            try PasswordPolicy.check(password, words: words, shortest: 12, breached: .shipped)
        }
    }

    @Test(arguments: ["ArcherArcher1", "acme-hosting-1", "Acme!Archer!9", "example-acme-7", "ada-acme-2026!"])
    func `what everybody knows about the person is refused`(password: String) {
        #expect(throws: Invalid.self) {
            try PasswordPolicy.check(password, words: words, shortest: 12, breached: .shipped)
        }
    }

    @Test func `a company may ask for longer ones`() {
        #expect(throws: Never.self) {
            try PasswordPolicy.check("kV9#mtr2!xPq", words: words, shortest: 12, breached: .shipped)
        }
        #expect(throws: Invalid.self) {
            try PasswordPolicy.check("kV9#mtr2!xPq", words: words, shortest: 13, breached: .shipped)
        }
    }

    private static let kinds: [(String, Int, String?)] = [
        ("seven pelicans on the pier", 2, nil),
        ("seven pelicans on the pier", 3, "must also have a capital letter or a digit"),
        ("seven pelicans on the pier", 4, "must also have a capital letter and a digit"),
        ("Seven pelicans on 1 pier", 4, nil), ("sevenpelicansonthepier", 0, nil),
        ("sevenpelicansonthepier", 2, "must also have a capital letter, a digit or a symbol"),
        ("sevenpelicansonthepier", 3, "must also have two of a capital letter, a digit and a symbol"),
        ("sevenpelicansonthepier", 4, "must also have a capital letter, a digit and a symbol"),
        ("SevenPelicans17Pier", 3, nil), ("SevenPelicans17Pier", 4, "must also have a symbol"),
        // Letters without case are others, an accent makes no kind of its own, and digits are of any script.
        ("马马虎虎好好学习天天向上吧", 2, "must also have a small letter, a capital letter or a digit"),
        ("马马虎虎好好学习天天向上吧7", 2, nil), ("Правильныйконь", 2, nil),
        ("Правильныйконь", 3, "must also have a digit or a symbol"),
        ("me\u{301}lodiesdelaforet", 2, "must also have a capital letter, a digit or a symbol"),
        ("sevenpelicans٣pier", 2, nil), ("sevenpelicans½pier", 3, "must also have a capital letter or a digit"),
    ]

    @Test(arguments: kinds)
    func `a company may ask for several kinds of characters, and a refusal says which are missing`(
        password: String, kinds: Int, missing: String?
    ) {
        var found: String?
        do throws(Invalid) {
            try PasswordPolicy.check(password, words: words, shortest: 12, kinds: kinds, breached: .shipped)
        } catch {
            found = error.message
        }
        #expect(found == missing)
    }

    @Test func `a password that hashes for minutes is refused`() {
        #expect(throws: Invalid.self) {
            try PasswordPolicy.check(
                String(repeating: "correct ponies ", count: 100), words: [], shortest: 12, breached: .shipped)
        }
    }
}
