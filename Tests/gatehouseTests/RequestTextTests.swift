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
}
