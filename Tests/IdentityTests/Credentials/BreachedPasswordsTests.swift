import Foundation
import Kernel
import TestSupport
import Testing

@testable import Identity

@Suite struct BreachedPasswordsTests {
    private static let tool = Repository.path("Deploy/breached-passwords")

    private func make(_ lists: [String], _ options: [String] = []) async throws -> BreachedPasswords {
        let folder = TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        var arguments = [Self.tool, "make", folder.file("filter")]
        for (number, list) in lists.enumerated() {
            try Data(list.utf8).write(to: URL(filePath: folder.file("list\(number)")))
            arguments.append(folder.file("list\(number)"))
        }
        try await ChildProcess.run(["python3"] + arguments + options)
        return try BreachedPasswords(Data(contentsOf: URL(filePath: folder.file("filter"))))
    }

    @Test(arguments: [
        "liverpool2024!", "Liverpool2025", "1q2w3e4r5t6y", "dragondragon", "football123!", "charlie12345",
        "q1w2e3r4t5y6",
    ])
    func `what is built in knows what leaked most, and what guessers make of it`(password: String) {
        #expect(BreachedPasswords.shipped.contains(password))
    }

    @Test func `what is built in takes hardly anything else for known`() {
        let others = (0..<20_000).map { "pelican \($0) on the pier" }
        // One in 8,192 is expected; the words are the same in every run.
        #expect(others.filter(BreachedPasswords.shipped.contains).count <= 8)
    }

    @Test func `an operator's list takes the place of it, in words or as SHA-1`() async throws {
        let words = try await make(["heron\nseven pelicans on the pier\n\n", "blue lantern river\n"])
        for password in [
            "seven pelicans on the pier", "Seven Pelicans on the PIER", "blue lantern river", "heron1234567",
            "heronheronheron",
        ] {
            #expect(words.contains(password), "\(password)")
        }
        #expect(!words.contains("liverpool2024!"))
        // SHA-1 of "seven pelicans on the pier" and of "nine herons on the roof", which leaked less often.
        let digests = """
            \(Self.digest("seven pelicans on the pier")):12
            \(Self.digest("nine herons on the roof")):3
            """
        let all = try await make([digests])
        #expect(all.contains("seven pelicans on the pier") && all.contains("nine herons on the roof"))
        let often = try await make([digests], ["--seen", "10"])
        #expect(often.contains("seven pelicans on the pier") && !often.contains("nine herons on the roof"))
    }

    /// Written down, so that a mistake in both halves would not hide: `printf '%s' WORDS | sha1sum`.
    private static func digest(_ words: String) -> String {
        switch words {
        case "seven pelicans on the pier": "B5212A86B6D64203566F8F842768A42C1977F1E5"
        default: "2425F62C35413AE4C4DE0FF427DC8E7C863EB995"
        }
    }

    @Test func `what is no filter is refused`() throws {
        let good = Array("gatebf01".utf8) + [4, 0, 0, 0, 0, 0, 0, 0] + [64, 0, 0, 0, 0, 0, 0, 0]
        #expect(throws: Never.self) { try BreachedPasswords(Data(good + [UInt8](repeating: 0, count: 8))) }
        let bad: [[UInt8]] = [
            [], good, good + [1], good + [UInt8](repeating: 0, count: 9), Array("gatebf02".utf8) + good.dropFirst(8),
            Array("gatebf01".utf8) + [UInt8](repeating: 0, count: 24),
            Array("gatebf01".utf8) + [UInt8](repeating: 255, count: 24),
        ]
        for bytes in bad { #expect(throws: Invalid.self) { try BreachedPasswords(Data(bytes)) } }
    }

    @Test func `a part of a larger memory is read as itself`() throws {
        let filter = Array("gatebf01".utf8) + [1, 0, 0, 0, 0, 0, 0, 0] + [8, 0, 0, 0, 0, 0, 0, 0] + [255]
        let part = Data([9, 9, 9] + filter).dropFirst(3)
        #expect(try BreachedPasswords(part).contains("anything"))
    }
}
