import ArgumentParser
import Foundation
import Kernel
import Testing

@testable import gatehouse

@Suite struct RequestTextTests {
    private static let hostile = "x\u{1B}[2J\u{202E}\n\u{9B}31m"

    private let ticket: JSON = [
        "number": 12, "kind": "access", "state": "open", "risk": "high", "level": 1, "levels": 2,
        "requester": ["name": .string("林晨" + hostile)], "reason": .string(hostile), "flowName": .string(hostile),
        "because": [.string(hostile)], "assets": [["name": .string(hostile)]], "accounts": ["deploy"],
        "durationSeconds": 1800, "digest": "abcd", "deadline": "2026-12-01T10:00:00Z",
        "createdAt": "2026-12-01T08:00:00Z", "isParallel": false,
        "facts": [
            ["label": "duration", "values": ["1800"], "form": "seconds"],
            ["label": "command", "values": ["rm x\nls"], "form": "text"],
        ],
        "path": [
            [
                "level": 1, "name": .string(hostile), "quorum": 2, "needsPasskey": true,
                "openedAt": "2026-12-01T08:00:00Z",
                "seats": [["user": ["name": .string(hostile)], "reason": "manager"]],
            ]
        ],
        "decisions": [
            [
                "user": ["name": "Bo"], "onBehalfOf": ["name": "Cy"], "outcome": "approved", "channel": "ssh",
                "comment": .string(hostile), "decidedAt": "2026-12-01T09:00:00Z", "hasProof": true,
                "changes": [["label": "duration", "before": ["3600"], "after": ["1800"]]],
            ]
        ],
        "waitingFor": [["name": .string(hostile)]],
    ]
    private let remark: JSON = [
        "user": ["name": "Di"], "text": .string("why?" + hostile), "createdAt": "2026-12-01T08:30:00Z",
    ]

    @Test func `whatever people wrote, nothing of it steers the terminal`() {
        let path: JSON = [
            "flowName": .string(Self.hostile), "risk": "low", "because": [.string(Self.hostile)],
            "levels": [
                [
                    "name": .string(Self.hostile), "quorum": 1, "latest": "2026-12-01T09:00:00Z",
                    "seats": [["user": ["name": .string(Self.hostile)], "reason": "named", "detail": "x"]],
                ]
            ],
        ]
        for text in [TicketText.whole(ticket, [remark]), TicketText.state(ticket), PathText.text(path)] {
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isHarmless }, "\(text)")
        }
        #expect(TicketText.state(ticket).split(separator: "\n").count == 1)
    }

    @Test func `what has happened is told in its order, with who stood in for whom and what became less`() throws {
        let text = TicketText.whole(ticket, [remark])
        let asked = try #require(text.range(of: "asked"))
        let remarked = try #require(text.range(of: "Di: why?"))
        let decided = try #require(text.range(of: "Bo for Cy approved by ssh with a passkey"))
        #expect(asked.lowerBound < remarked.lowerBound && remarked.lowerBound < decided.lowerBound)
        #expect(text.contains("duration: 3600 became 1800"))
        #expect(text.contains("rm x ⏎ ls"), "two commands are not read as one")
        #expect(text.contains("Digest: abcd"))
    }

    @Test func `a path that asks nobody says so`() {
        let text = PathText.text(["flowName": "Quick", "risk": "low", "approvesItself": true])
        #expect(text.contains("Nobody has to be asked"))
        #expect(text.hasSuffix("Nothing was sent."))
    }

    @Test func `columns line up under wide characters`() {
        let lines = TextTable(["name", "x"], [["生产", "1"], ["ab", "2"], ["e\u{301}", "3"]]).text.split(separator: "\n")
        #expect(lines.map { DisplayWidth.of($0.dropLast()) } == [6, 6, 6, 6])
    }

    @Test func `lists are narrowed by state, kind, and whether they are decided`() throws {
        #expect(try Requests.parse([]).filter == nil)
        #expect(
            try Requests.parse(["all", "--state", "open", "--state", "approved", "--kind", "role"]).filter
                == "(state eq \"open\" or state eq \"approved\") and kind eq \"role\"")
        #expect(try Requests.parse(["--decided"]).filter == "state ne \"open\"")
        #expect(throws: (any Error).self) { try Requests.parse(["--state", "lost"]) }
    }

    @Test func `moments are so long from now, here, or as programs write them`() throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        #expect(try SpokenTime.moment("2h", of: "--start", now: now) == SpokenTime.stamp(now + 7200))
        #expect(try SpokenTime.moment("2026-12-01T10:00:00Z", of: "--start") == "2026-12-01T10:00:00Z")
        let here = try SpokenTime.moment("2026-12-01 22:00", of: "--start")
        #expect(SpokenTime.local(here) == "2026-12-01 22:00")
        for text in ["tomorrow", "2026-13-01 10:00", "2026-02-30 10:00", "22:00", "", "２026-12-01 22:00"] {
            #expect(throws: CommandFailure.self, "\(text)") { try SpokenTime.moment(text, of: "--start") }
        }
    }

    @Test func `a digest is of one request, and less of one request at a time`() {
        #expect(throws: (any Error).self) { try Approve.parse(["1", "2", "--digest", "ab"]) }
        #expect(throws: (any Error).self) { try Approve.parse(["1", "2", "--for", "30m"]) }
        #expect(throws: Never.self) { try Approve.parse(["1", "2", "--yes"]) }
        #expect(throws: (any Error).self) { try ExtendAccess.parse(["1", "--reason", "x"]) }
    }

    @Test func `a name that several have is not guessed`() throws {
        let rows: [JSON] = [
            ["id": "rol_1", "name": "Auditor"], ["id": "rol_2", "name": "auditor"], ["id": "rol_3", "name": "Keeper"],
        ]
        #expect(try RequestRole.find("keeper", in: rows, "role") == "rol_3")
        #expect(try RequestRole.find("rol_2", in: rows, "role") == "rol_2")
        #expect(throws: CommandFailure.self) { try RequestRole.find("Auditor", in: rows, "role") }
        #expect(throws: CommandFailure.self) { try RequestRole.find("Nobody", in: rows, "role") }
    }
}
