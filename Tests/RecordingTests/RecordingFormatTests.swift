import Cryptography
import Foundation
import Kernel
import Recording
import Testing

@Suite struct RecordingFormatTests {
    @Test func `a header has the members of the specification, in canonical form`() throws {
        let fixture = try Fixture()
        let bytes = fixture.header.bytes
        #expect(bytes.starts(with: Array("GHR1\n".utf8)))
        let length = bytes[5..<9].reduce(0) { $0 << 8 | Int($1) }
        #expect(bytes.count == 9 + length)
        let json = try #require(CanonicalJSON.parse(Array(bytes[9...])))
        guard case .object(let members) = json else { return }
        #expect(
            members.map(\.name) == [
                "charset", "cipher", "columns", "compression", "key", "kind", "recording", "rows", "session",
                "started", "tenant", "term", "version", "worker", "wrapped",
            ])
        #expect(json["started"] == "2025-11-24T16:00:00.123456Z")
        let wrapped = try #require(json["wrapped"]?.text.flatMap(Base64URL.decode))
        #expect(wrapped.count == 12 + 32 + 16)
        let opened = try RecordingKey(
            unwrapping: wrapped, by: fixture.tenantKey, recording: fixture.header.recording)
        #expect(opened.reveal().reveal() == fixture.key.reveal().reveal())
        #expect(throws: SealError.opening) {
            try RecordingKey(unwrapping: wrapped, by: fixture.tenantKey, recording: .new())
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (1_764_000_000_123_456, "2025-11-24T16:00:00.123456Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func `instants keep their microseconds`(microseconds: Int64, text: String) {
        #expect(RecordingInstant(microseconds: microseconds).text == text)
        #expect(RecordingInstant(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "2025-11-24T16:00:00Z", "2025-11-24T16:00:00.123Z", "2025-11-24t16:00:00.123456z",
        "2025-11-24T16:00:60.123456Z", "2025-02-30T16:00:00.123456Z", "2025-11-24T16:00:00.123456+00:00",
    ])
    func `an instant has one text only`(text: String) {
        #expect(RecordingInstant(text) == nil)
    }

    @Test func `frames are laid out as specified, and open with nothing but the specification`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        let borders = borders(of: container)
        #expect(borders.last == container.count)
        var chain = Hash256.of(Array(container[..<borders[1]]))
        var sequence: UInt8 = 0
        for (start, end) in zip(borders.dropFirst(), borders.dropFirst(2)) {
            sequence += 1
            let frame = Array(container[start..<end])
            #expect(Array(frame[1..<9]) == [0, 0, 0, 0, 0, 0, 0, sequence])
            chain = .of(chain.bytes, Array(frame.dropLast(32)))
            #expect(Array(frame.suffix(32)) == chain.bytes)
        }
        let types = borders.dropFirst().dropLast().map { container[$0] }
        #expect(types == types.sorted() && types.suffix(2) == [2, 3])
    }

    @Test func `the frames of a quiet session hold nothing in clear`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        #expect(Data(container).range(of: Data("whoami".utf8)) == nil)
    }
}
