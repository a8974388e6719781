import Testing

@testable import Outbound

@Suite struct ServerSentEventParserTests {
    private func events(_ text: String, pieces: Int = .max) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        var bytes = Array(text.utf8)[...]
        var events: [ServerSentEvent] = []
        while !bytes.isEmpty {
            events += try parser.receive(Array(bytes.prefix(pieces)))
            bytes = bytes.dropFirst(pieces)
        }
        return events
    }

    @Test(arguments: ["\n", "\r", "\r\n"], [1, 2, 7, Int.max])
    func `lines end in three ways and anywhere in the input`(end: String, pieces: Int) throws {
        let text = "\u{FEFF}: hello\n\nevent: end\ndata: a\ndata:b\nid: 7\n\ndata\n\ndata:  ü\n\nid: 9\n\n"
            .replacing("\n", with: end)
        #expect(
            try events(text, pieces: pieces) == [
                ServerSentEvent(type: "end", data: "a\nb", id: "7"),
                ServerSentEvent(type: "message", data: "", id: "7"),
                ServerSentEvent(type: "message", data: " ü", id: "7"),
            ])
    }

    @Test func `an unfinished event is none`() throws {
        #expect(try events("data: a\n").isEmpty)
        #expect(try events("data: a").isEmpty)
    }

    @Test func `the last id survives events without one and a new parser`() throws {
        var parser = ServerSentEventParser(lastEventID: "3")
        #expect(try parser.receive(Array("data: a\n\n".utf8)).first?.id == "3")
        _ = try parser.receive(Array("id: 4\n\nid: 5\u{0}\n\n".utf8))
        #expect(parser.lastEventID == "4")
    }

    @Test(arguments: ["data: ", "", ":"])
    func `an endless event is refused`(start: String) {
        var parser = ServerSentEventParser(longestEvent: 1000)
        #expect(throws: ServerSentEventParser.TooLong.self) {
            try parser.receive(Array((start + String(repeating: "x", count: 2000)).utf8))
        }
    }

    @Test func `endless data lines are refused`() {
        var parser = ServerSentEventParser(longestEvent: 1000)
        #expect(throws: ServerSentEventParser.TooLong.self) {
            for _ in 0..<200 { _ = try parser.receive(Array("data: 1234567\n".utf8)) }
        }
    }
}
