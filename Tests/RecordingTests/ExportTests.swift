import Foundation
import Kernel
import Recording
import Testing

@Suite struct ExportTests {
    private func header() throws -> RecordingHeader { try Fixture().header }

    private func output(_ text: String, _ seconds: Double = 0) -> RecordingEvent {
        RecordingEvent(time: UInt64(seconds * 1_000_000), kind: .output, data: bytes(text))
    }

    @Test func `asciicast v2 has absolute times, v3 has intervals and the exit status`() throws {
        let events = [
            output("a\u{7}\"\\", 1.5), RecordingEvent(time: 2_000_000, kind: .resize, data: bytes("100 40")),
            RecordingEvent(time: 2_100_000, kind: .input, data: bytes("x")),
            RecordingEvent(time: 2_250_001, kind: .marker, data: bytes("here")),
            RecordingEvent(time: 3_000_000, kind: .snapshot, data: bytes("paint")),
            RecordingEvent(time: 4_000_000, kind: .end, data: bytes(#"{"exit":7,"reason":"exited"}"#)),
        ]
        func lines(_ version: Asciicast.Version, input: Bool = false) throws -> [String] {
            var cast = Asciicast(version, header: try header(), includesInput: input)
            let text = cast.head + events.map { cast.lines(for: $0) }.joined()
            return text.split(separator: "\n").map(String.init)
        }
        let two = try lines(.v2)
        #expect(
            two == [
                #"{"version":2,"width":80,"height":24,"timestamp":1764000000,"env":{"TERM":"xterm-256color"}}"#,
                #"[1.500000, "o", "a\u0007\"\\"]"#, #"[2.000000, "r", "100x40"]"#, #"[2.250001, "m", "here"]"#,
            ])
        let three = try lines(.v3, input: true)
        #expect(
            three == [
                #"{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1764000000}"#,
                #"[1.500000, "o", "a\u0007\"\\"]"#, #"[0.500000, "r", "100x40"]"#, #"[0.100000, "i", "x"]"#,
                #"[0.150001, "m", "here"]"#, #"[1.749999, "x", "7"]"#,
            ])
        for line in two + three { _ = try JSONParser.parse(bytes(line)) }
    }

    @Test func `a character that was cut in two is whole in the export`() throws {
        var cast = Asciicast(.v2, header: try header())
        let text = bytes("a😀é中")
        var shown = ""
        for byte in text {
            let line = cast.lines(for: RecordingEvent(time: 0, kind: .output, data: [byte]))
            guard !line.isEmpty, case .array(let parts) = try JSONParser.parse(bytes(String(line.dropLast()))) else {
                continue
            }
            shown += parts[2].text ?? ""
        }
        #expect(shown == "a😀é中")
    }

    @Test func `bad UTF-8 is replaced, never lost in silence`() throws {
        var cast = Asciicast(.v2, header: try header())
        let first = cast.lines(for: RecordingEvent(time: 0, kind: .output, data: [0x41, 0xFF, 0x42, 0xE4]))
        #expect(first.contains("A\u{FFFD}B"))
        let end = cast.lines(for: RecordingEvent(time: 1, kind: .end, data: bytes(#"{"exit":0,"reason":"x"}"#)))
        #expect(end.contains("\u{FFFD}"))
    }

    private func transcript(_ pieces: [String]) -> [String] {
        var transcript = Transcript()
        var lines = pieces.flatMap { transcript.lines(for: output($0)) }
        lines += transcript.lines(for: RecordingEvent(time: 9, kind: .end, data: []))
        return lines.map(\.text)
    }

    @Test func `a transcript is what a person would have read`() {
        #expect(transcript(["$ ls\r\na  b\r\n$ "]) == ["$ ls", "a  b", "$"])
        #expect(transcript(["\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7}text\r\n"]) == ["red text"])
        #expect(transcript(["lss\u{8} \u{8}\r\n"]) == ["ls"])
        #expect(transcript(["10%\r50%\r100%\r\n"]) == ["100%"])
        #expect(transcript(["abc\u{1b}[2D\u{1b}[Kx\r\n"]) == ["ax"])
        #expect(transcript(["ac\u{1b}[D\u{1b}[1@b\r\n"]) == ["abc"])
        #expect(transcript(["a\tb\r\n"]) == ["a       b"])
        #expect(transcript(["one\n\n", "two"]) == ["one", "", "two"])
        #expect(transcript(["\u{1b}", "[3", "1mx\u{1b}P1;2|string\u{1b}\\y"]) == ["xy"])
        #expect(transcript(["in\r\n\u{1b}[?1049h\u{1b}[Hvim screen\u{1b}[?1049lout\r\n"]) == ["in", "out"])
    }

    @Test func `hostile output stays within bounds`() {
        let lines = transcript(["\u{1b}[999999999Cx", String(repeating: "y", count: 20_000), "\u{1b}[999999999@\r\n"])
        #expect(lines.allSatisfy { $0.unicodeScalars.count <= 4097 })
        #expect(transcript(["\u{1b}[" + String(repeating: "1;", count: 100_000) + "mok\r\n"]) == ["ok"])
    }

    @Test func `text is found with the time at which it appeared`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        func hits(_ query: String) throws -> [TextLine] {
            var reader = try RecordingReader(BytesSource(container), key: fixture.key)
            return try RecordingSearch.run(query, in: &reader)
        }
        #expect(try hits("WHOAMI").map(\.time) == [0])
        #expect(try hits("deploy of").map(\.time) == [2_000_000])
        #expect(try hits("red end").map(\.text) == ["red end"])
        #expect(try hits("nothing of it") == [])
        #expect(try hits("  ") == [])
    }

    @Test func `text that was painted on a full screen is found too`() throws {
        var search = try #require(RecordingSearch("needle"))
        let painted = output("\u{1b}[?1049h\u{1b}[5;1Ha nee\u{1b}[1mdle here\u{1b}[6;1Hother\u{1b}[?1049l", 7)
        #expect(search.hits(in: painted).map(\.text) == ["a needle here"])
    }

    @Test func `replay lines hold every text once, and nothing of what is sealed`() throws {
        var lines = ReplayLines()
        func line(_ kind: RecordingEvent.Kind, _ data: [UInt8]) -> String? {
            lines.line(for: RecordingEvent(time: 1_500_000, kind: kind, data: data))
        }
        #expect(line(.output, [0x61, 0xE4, 0xB8]) == "{\"t\":1.5,\"k\":\"o\",\"d\":\"a\"}\n")
        #expect(line(.input, [0xAD]) == "{\"t\":1.5,\"k\":\"i\",\"d\":\"\u{FFFD}\"}\n")
        #expect(line(.output, [0xAD]) == "{\"t\":1.5,\"k\":\"o\",\"d\":\"\u{4E2D}\"}\n")
        #expect(line(.output, [0xE4]) == nil)
        #expect(line(.sealed, bytes("secret")) == "{\"t\":1.5,\"k\":\"z\",\"d\":\"\"}\n")
        #expect(line(.desktop, [1]) == nil)
    }

    @Test(arguments: RecordingExport.Format.allCases)
    func `every format can be written from a file`(format: RecordingExport.Format) async throws {
        let fixture = try Fixture()
        _ = try await fixture.smallRecording()
        var reader = try RecordingReader(file: fixture.spooled.container, key: fixture.key)
        var text = ""
        try RecordingExport.run(format, &reader) { text += $0 }
        #expect(text.contains("whoami"))
        #expect(text.hasSuffix("\n"))
        #expect(reader.trailer != nil)
    }
}
