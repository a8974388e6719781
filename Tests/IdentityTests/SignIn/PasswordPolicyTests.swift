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

    @Test func `a password that hashes for minutes is refused`() {
        #expect(throws: Invalid.self) {
            try PasswordPolicy.check(
                String(repeating: "correct ponies ", count: 100), words: [], shortest: 12, breached: .shipped)
        }
    }
}
