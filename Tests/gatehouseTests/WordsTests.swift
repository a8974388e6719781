import ArgumentParser
import Foundation
import Kernel
import TestSupport
import Testing

@testable import gatehouse

@Suite struct WordsTests {
    @Test func `durations are a number and a unit`() throws {
        #expect(try SpokenTime.required("2h", of: "--for") == 7200)
        #expect(throws: CommandFailure.self) { try SpokenTime.required("10", of: "--for") }
    }

    @Test func `durations are told in the largest unit that fits`() {
        #expect([600, 3600, 172_800, 42, 75].map(SpokenTime.words) == ["10m", "1h", "2d", "42s", "1m 15s"])
    }

    @Test func `a table keeps control characters of other people away from the terminal`() {
        let table = TextTable(["name"], [["web\u{1B}]0;owned\u{07}\n-1"], ["\u{202E}gpj.exe"]]).text
        #expect(!table.unicodeScalars.contains { $0 != "\n" && !$0.isHarmless })
        #expect(table.split(separator: "\n").count == 3)
    }

    @Test func `a table lines its columns up`() {
        #expect(TextTable(["a", "bb"], [["long", "x"], ["", "y"]]).text == "A     BB\nlong  x\n      y")
    }

    @Test(arguments: [
        ("https://acme.example.com/requests?x=1", "https://acme.example.com"),
        ("http://acme.localhost:8080", "http://acme.localhost:8080"), ("acme.example.com", "https://acme.example.com"),
        ("https://acme.example.com:443/", "https://acme.example.com"), ("http://[::1]:80", "http://[::1]"),
    ])
    func `the address of a portal is scheme, host and port`(text: String, origin: String) throws {
        #expect(try PortalOptions.origin(of: text) == origin)
    }

    @Test(arguments: ["ftp://acme", "https://user:secret@acme", "http://", "https://acme\n.evil"])
    func `what is no address of a portal is refused`(text: String) {
        #expect(throws: CommandFailure.self) { try PortalOptions.origin(of: text) }
    }

    @Test func `whoever waits is told who is asked, and until when`() {
        let until = "2026-12-01T10:00:00Z"
        #expect(
            AwaitReview.words(["asked": ["Ada"], "until": .string(until)])
                == "Ada is asked to agree to this sign-in, until \(SpokenTime.local(until)). Waiting; Ctrl-C takes it back."
        )
        let many: JSON = ["asked": ["A\u{1B}[2J", "B", "C", "D", "E", "F", "G"]]
        let words = AwaitReview.words(many)
        #expect(
            words.hasSuffix("B, C, D, E and 2 more are asked to agree to this sign-in. Waiting; Ctrl-C takes it back."))
        #expect(!words.contains("\u{1B}"))
    }

    @Test func `only what may be otherwise in a moment is asked again`() {
        func meaning(_ kind: String, _ status: Int) -> AwaitReview.Meaning {
            let body: JSON = ["type": .string("urn:gatehouse:problem:\(kind)"), "title": "t"]
            return AwaitReview.meaning(of: APIFailure(status: status, body: body.bytes, origin: "https://acme"))
        }
        guard case .waits = meaning("sign-in-waits", 403), case .busy = meaning("too-many-requests", 429),
            case .busy = meaning("unavailable", 503)
        else { return #expect(Bool(false)) }
        for (kind, status) in [("sign-in-rejected", 403), ("sign-in-expired", 401), ("sign-in-denied", 403)] {
            guard case .over = meaning(kind, status) else { return #expect(Bool(false), "\(kind)") }
        }
    }

    @Test func `what is tried is what the file and the line name`() throws {
        let folder = TemporaryFolder()
        let file = folder.file("changes.json")
        try #"{"revoke": ["a"], "days": 7, "add": []}"#.write(toFile: file, atomically: true, encoding: .utf8)
        func changes(_ words: String...) throws -> JSON { try TryAccess.parse(words).changes() }
        #expect(try changes("--revoke", "b", "--revoke", "c") == ["revoke": ["b", "c"]])
        #expect(
            try changes("--file", file, "--revoke", "b", "--days", "2")
                == ["add": [], "revoke": ["a", "b"], "days": 2])
        #expect(throws: CommandFailure.self) { try changes("--days", "2") }
        try "[]".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: CommandFailure.self) { try changes("--file", file) }
    }

    @Test func `what is granted for less time is less where the kind has its time, as in the portal`() throws {
        func shorter(_ kind: String, _ content: JSON) throws -> JSON {
            try Approve.shorter(["kind": .string(kind), "content": content], "30m")
        }
        #expect(try shorter("access", [:]) == ["durationSeconds": 1_800])
        #expect(try shorter("secret", ["form": "password"]) == ["durationSeconds": 1_800])
        #expect(
            try shorter("role", ["role": "a", "durationSeconds": 7_200])
                == ["content": ["role": "a", "durationSeconds": 1_800]])
        let (from, then): (JSON, JSON) = ("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z")
        #expect(
            try shorter("extension", ["grant": "g", "from": from, "endsAt": then])
                == ["content": ["grant": "g", "from": from, "endsAt": "2026-12-01T10:30:00Z"]])
        #expect(throws: CommandFailure.self) { try shorter("extension", ["grant": "g", "endsAt": then]) }
    }

    @Test func `a trial is told in totals, rows and what is newly open`() {
        let at = "2026-12-01T10:00:00Z"
        let row: JSON = [
            "user": ["name": "Rita\u{1B}[2J"], "asset": ["name": "web-1"], "account": .null, "changed": 1, "count": 3,
            "lastAt": .string(at), "isOpenNow": true, "staysOpenNow": false, "reasons": [["text": "It was revoked."]],
        ]
        let text = TryAccess.text([
            "sessions": ["changed": 1, "judged": 3], "losingPeople": 1, "attempts": ["changed": 0, "judged": 2],
            "gainingPeople": 0, "leftOut": 9, "isComplete": false, "from": .string(at), "loses": [row], "moreLoses": 4,
            "gains": [],
            "widens": [["name": "New", "opened": 2, "isComplete": false, "people": 1, "assets": 5]],
        ])
        let local = SpokenTime.local(at)
        let gap = String(repeating: " ", count: local.count - 4)
        #expect(
            text.split(separator: "\n")
                == [
                    "1 of 3 sessions would have been refused (1 people)",
                    "0 of 2 refused attempts would have been let in (0 people)",
                    "There was more than is looked at: this is since \(local).",
                    "9 that named no account were not judged: their assets have so many.", "Would lose",
                    "USER      ASSET  ACCOUNT  CHANGED  LAST\(gap)  NOW            WHY",
                    "Rita [2J  web-1  any      1 of 3   \(local)  open > closed  It was revoked.",
                    "and 4 more", "Newly open", "New: at least 2 ways newly open (1 people, 5 assets)",
                ].map { $0[...] }, "\(text)")
    }
}
