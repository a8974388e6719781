import ArgumentParser
import Foundation
import Kernel
import Testing

@testable import gatehouse

/// What is typed to ask for something, and to answer.
@Suite struct RequestWordsTests {
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
