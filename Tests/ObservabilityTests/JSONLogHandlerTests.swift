import Kernel
import Logging
import Observability
import Synchronization
import Testing

@Suite struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[[UInt8]]>([])
        func append(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
        var last: JSON? {
            lines.withLock { $0.last }.flatMap { line in
                line.last == UInt8(ascii: "\n") ? try? JSONParser.parse(Array(line.dropLast())) : nil
            }
        }
    }

    private func logger(_ lines: Lines) -> Logger {
        Logger(label: "test") { label in JSONLogHandler(label: label, level: .debug) { lines.append($0) } }
    }

    @Test func `an event is one line of JSON, whatever it says`() {
        let lines = Lines()
        logger(lines).info("a \"quoted\"\nline\u{1}", metadata: ["n": .stringConvertible(7), "list": ["a", "b"]])
        #expect(lines.last?["message"] == "a \"quoted\"\nline\u{1}")
        #expect(lines.last?["level"] == "info" && lines.last?["label"] == "test")
        #expect(lines.last?["n"] == 7 && lines.last?["list"] == ["a", "b"])
    }

    @Test func `the trace of the task is in every line`() async {
        let lines = Lines()
        Trace.$current.withValue(Trace(id: "abc", tenant: "ten_1")) { logger(lines).info("x") }
        #expect(lines.last?["trace"] == "abc" && lines.last?["tenant"] == "ten_1")
    }

    @Test func `metadata cannot pose as the line's own fields`() {
        let lines = Lines()
        logger(lines).info("real", metadata: ["message": "fake", "level": "trace"])
        #expect(lines.last?["message"] == "real" && lines.last?["_message"] == "fake")
    }

    @Test(arguments: ["password", "dbPassword", "Set-Cookie", "api_key", "private-key", "accessToken", "AUTHORIZATION"])
    func `a value with the name of a secret is not shown`(name: String) {
        let lines = Lines()
        logger(lines).info("x", metadata: [name: "hunter2", "inner": [name: "hunter2"]])
        #expect(lines.last?[name] == "<redacted>" && lines.last?["inner"]?[name] == "<redacted>")
    }

    @Test(arguments: [
        ("Authorization: Bearer abc.def-123, x", "Authorization: Bearer <redacted> x"),
        ("{\"a\":\"bearer abc\"}", "{\"a\":\"bearer <redacted>\"}"),
        ("postgres://u:p@h/db and redis://:q@h", "postgres://u:<redacted>@h/db and redis://:<redacted>@h"),
        ("https://h/p?x=a@b:c", "https://h/p?x=a@b:c"), ("mail a@b.c", "mail a@b.c"),
    ])
    func `texts lose bearer tokens and passwords of addresses`(text: String, clean: String) {
        #expect(Redaction.clean(text) == clean)
    }
}
