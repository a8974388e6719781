import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Recording
import TestSupport
import Testing

@testable import Sessions

@Suite struct ReplayTests {
    func recorded(_ fixture: Fixture) async throws -> MadeSession {
        let session = try await fixture.makeSession()
        for part in try await session.segments(in: fixture.folder) {
            _ = try await fixture.recordings.store(
                part.bytes, first: part.first, of: session.recording, from: fixture.worker, at: Fixture.now + 60)
        }
        return session
    }

    func text(_ download: Download) async throws -> String {
        String(decoding: try await download.collected(), as: UTF8.self)
    }

    @Test func `a replay is lines of what was shown and typed`() async throws {
        let fixture = try await Fixture()
        let session = try await recorded(fixture)
        let lines = try await text(
            fixture.recordings.events(of: session.id, in: fixture.scope, audit: .discarding)
        ).split(separator: "\n")
        #expect(lines.first { !$0.contains(#""k":"r""#) } == #"{"t":0.0,"k":"o","d":"$ "}"#)
        #expect(lines.contains(#"{"t":1.0,"k":"o","d":"whoami\u000d\n"}"#))
        #expect(lines.contains(#"{"t":1.5,"k":"i","d":"k1"}"#))
        #expect(lines.last?.contains(#""k":"x""#) == true)
    }

    @Test func `the container is what was uploaded, to the byte`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        for part in parts {
            _ = try await fixture.recordings.store(
                part.bytes, first: part.first, of: session.recording, from: fixture.worker, at: Fixture.now + 60)
        }
        let download = try await fixture.recordings.container(
            of: session.id, in: fixture.scope, audit: .discarding)
        #expect(try await download.collected() == parts.flatMap(\.bytes))
    }

    @Test func `an asciicast has a head and lines`() async throws {
        let fixture = try await Fixture()
        let session = try await recorded(fixture)
        let cast = try await text(
            fixture.recordings.asciicast(of: session.id, in: fixture.scope, audit: .discarding))
        #expect(cast.hasPrefix(#"{"version":2,"width":80,"height":24"#))
        #expect(cast.contains("whoami"))
        #expect(!cast.contains("\"k1\""))
    }

    @Test func `words are found where they were shown, through colours`() async throws {
        let fixture = try await Fixture()
        let session = try await recorded(fixture)
        let hits = try await fixture.recordings.search(
            "RED END", of: session.id, in: fixture.scope, audit: .discarding)
        #expect(hits.items == [SearchHit(t: 3, text: "red end")])
        #expect(
            try await fixture.recordings.search("nowhere", of: session.id, in: fixture.scope, audit: .discarding).items
                == [])
    }

    @Test func `the key that is handed out reads the container`() async throws {
        let fixture = try await Fixture()
        let session = try await recorded(fixture)
        let answer = try await fixture.recordings.key(
            of: session.id, because: KeyReason(text: "audit"), in: fixture.scope, audit: .discarding)
        #expect(answer.key.value == session.key.reveal().reveal())
    }

    @Test func `another tenant plays nothing`() async throws {
        let fixture = try await Fixture()
        let session = try await recorded(fixture)
        let stranger = try await fixture.test.makeTenant()
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.events(of: session.id, in: stranger, audit: .discarding)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.container(of: session.id, in: stranger, audit: .discarding)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.key(
                of: session.id, because: KeyReason(text: "x"), in: stranger, audit: .discarding)
        }
    }

    @Test func `before anything is stored there is nothing to play`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        await #expect(throws: RecordingAbsent.self) {
            try await fixture.recordings.events(of: session.id, in: fixture.scope, audit: .discarding)
        }
        await #expect(throws: RecordingAbsent.self) {
            try await fixture.recordings.receipt(of: session.id, in: fixture.scope)
        }
    }
}
