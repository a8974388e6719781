import Cryptography
import Foundation
import Kernel
import Recording
import Testing

@Suite struct JournalRecoveryTests {
    /// What a dead worker leaves: the spool as it is at this moment, in another place.
    private func crashed(_ fixture: Fixture) throws -> SpoolFolder {
        let spool = fixture.folder + "/crash-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        let copy = SpoolFolder(spool: spool, recording: fixture.header.recording)
        try FileManager.default.copyItem(atPath: fixture.spooled.path, toPath: copy.path)
        return copy
    }

    private func texts(_ folder: SpoolFolder, _ key: RecordingKey) throws -> [String] {
        var reader = try RecordingReader(file: folder.container, key: key)
        var texts: [String] = []
        try reader.forEach { texts.append($0.text) }
        #expect(reader.trailer != nil)
        return texts
    }

    @Test func `what was only in the journal is sealed, and the end says why`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        for text in ["one", "two", "three"] { try writer.append(.output, bytes(text), at: fixture.start + 1) }
        writer.abandon()
        let outcome = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
        #expect(outcome.recoveredEvents == 3 && !outcome.wasComplete && outcome.tornJournalBytes == 0)
        #expect(
            try texts(fixture.spooled, fixture.key) == [
                "one", "two", "three", #"{"exit":null,"reason":"worker-lost"}"#,
            ])
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path) == ["container.ghr"])
        let again = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
        #expect(again.wasComplete && again.state == outcome.state)
    }

    @Test func `a recording in which nothing happened gets an end`() throws {
        let fixture = try Fixture()
        try fixture.writer().abandon()
        let outcome = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
        #expect(outcome.state.frames.size == 1)
        #expect(try texts(fixture.spooled, fixture.key).count == 1)
    }

    @Test func `wherever the last record is torn, all whole ones are kept`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        var sizes: [Int] = []
        let journal = fixture.spooled.path + "/journal.1"
        for number in 0..<4 {
            try writer.append(.output, bytes("event \(number)"), at: fixture.start)
            sizes.append(try Fixture.contents(journal).count)
        }
        writer.abandon()
        let whole = try Fixture.contents(journal)
        for length in 0...whole.count {
            let copy = try crashed(fixture)
            try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: copy.path + "/journal.1"))
            let outcome = try JournalRecovery(folder: copy).run(key: fixture.key)
            let kept = sizes.filter { $0 <= length }
            #expect(outcome.recoveredEvents == kept.count)
            #expect(outcome.tornJournalBytes == length - (kept.last ?? 0))
        }
    }

    @Test func `a page of zeros after a power loss is a torn record`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        try writer.append(.output, bytes("kept"), at: fixture.start)
        writer.abandon()
        let journal = fixture.spooled.path + "/journal.1"
        let torn = try Fixture.contents(journal) + [UInt8](repeating: 0, count: 4096)
        try Data(torn).write(to: URL(fileURLWithPath: journal))
        #expect(try JournalRecovery(folder: fixture.spooled).run(key: fixture.key).recoveredEvents == 1)
    }

    @Test func `wherever the last frame is torn, the journal makes it again to the byte`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.sealBytes = 200
        options.sealPace = .zero
        options.segmentAfter = .seconds(3600)
        let writer = try fixture.writer(options: options)
        for number in 0..<40 { try writer.append(.output, bytes("line number \(number)\r\n"), at: fixture.start) }
        try await eventually { writer.pendingBytes < 200 }
        let container = try fixture.container()
        writer.abandon()
        let borders = borders(of: container)
        let start = borders[borders.count - 2]
        for length in stride(from: start, through: container.count, by: 11) {
            let copy = try crashed(fixture)
            try Data(container.prefix(length)).write(to: URL(fileURLWithPath: copy.container))
            let outcome = try JournalRecovery(folder: copy).run(key: fixture.key)
            #expect(outcome.fault == nil)
            #expect(try Fixture.contents(copy.container).starts(with: container))
            #expect(try texts(copy, fixture.key).count == 41)
        }
    }

    @Test func `killed at any moment, nothing that was taken is lost`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.sealBytes = 2000
        options.sealPace = .zero
        options.segmentAfter = .milliseconds(1)
        let writer = try fixture.writer(options: options)
        var taken = 0
        var copies: [(SpoolFolder, Int)] = []
        for round in 0..<30 {
            for _ in 0..<(round * 7 % 23) {
                try writer.append(.output, bytes("\(taken)"), at: fixture.start + Double(taken) / 1000)
                taken += 1
            }
            // Copying is not atomic as a crash is: a journal may vanish into its frame meanwhile. Then copy again.
            for _ in 0..<100 {
                if let copy = try? crashed(fixture) {
                    copies.append((copy, taken))
                    break
                }
            }
        }
        writer.abandon()
        #expect(copies.count > 20)
        for (copy, taken) in copies {
            _ = try JournalRecovery(folder: copy).run(key: fixture.key)
            let found = try texts(copy, fixture.key).dropLast()
            #expect(found.elementsEqual((0..<taken).map(String.init)))
        }
    }

    @Test func `a recording that ended but was not closed keeps its own reason`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        try writer.append(.output, bytes("x"), at: fixture.start)
        try writer.finish(reason: "exited", exit: 3, at: fixture.start + 1)
        await writer.closed()
        let container = try fixture.container()
        let borders = borders(of: container)
        for keep in 2..<borders.count - 1 {
            try Data(container.prefix(borders[keep])).write(to: URL(fileURLWithPath: fixture.spooled.container))
            _ = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
            #expect(try Fixture.contents(fixture.spooled.container) == container)
        }
    }

    @Test func `an interrupted recovery can be run again with the same result`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        for text in ["one", "two"] { try writer.append(.output, bytes(text), at: fixture.start) }
        writer.abandon()
        let reference = try crashed(fixture)
        _ = try JournalRecovery(folder: reference).run(key: fixture.key)
        let finished = try Fixture.contents(reference.container)
        let start = try fixture.container().count
        for length in stride(from: start, to: finished.count, by: 13) {
            let copy = try crashed(fixture)
            try Data(finished.prefix(length)).write(to: URL(fileURLWithPath: copy.container))
            _ = try JournalRecovery(folder: copy).run(key: fixture.key)
            #expect(try Fixture.contents(copy.container) == finished)
        }
    }

    @Test func `the wrong key changes nothing`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        try writer.append(.output, bytes("x"), at: fixture.start)
        writer.abandon()
        let before = try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path).sorted()
        #expect(throws: RecordingError.self) { try JournalRecovery(folder: fixture.spooled).run(key: RecordingKey()) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path).sorted() == before)
        #expect(try JournalRecovery(folder: fixture.spooled).run(key: fixture.key).recoveredEvents == 1)

        let other = try Fixture()
        _ = try await other.smallRecording()
        let container = try other.container()
        let cut = Array(container.prefix(borders(of: container)[3]))
        try Data(cut).write(to: URL(fileURLWithPath: other.spooled.container))
        #expect(throws: RecordingError.self) { try JournalRecovery(folder: other.spooled).run(key: RecordingKey()) }
        #expect(try other.container() == cut)
    }

    @Test func `a recording that is being written is left alone`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        #expect(throws: RecordingError.inUse(path: fixture.spooled.container)) {
            try JournalRecovery(folder: fixture.spooled)
        }
        writer.abandon()
    }

    @Test func `a frame that was damaged on the disk is set aside, with what followed`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        let borders = borders(of: container)
        var damaged = container
        damaged[borders[3] + 40] ^= 1
        try Data(damaged).write(to: URL(fileURLWithPath: fixture.spooled.container))
        let outcome = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
        #expect(outcome.fault?.frame == 3)
        #expect(try Fixture.contents(fixture.spooled.path + "/container.cut") == Array(damaged[borders[3]...]))
        #expect(try texts(fixture.spooled, fixture.key).last == #"{"exit":null,"reason":"worker-lost"}"#)
        try fixture.spooled.remove()
        #expect(!FileManager.default.fileExists(atPath: fixture.spooled.path))
    }

    @Test func `the server finishes from the frames it has when the host is gone`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        let borders = borders(of: container)
        for keep in 1..<borders.count - 1 {
            let stored = Array(container.prefix(borders[keep]))
            let tail = try #require(try IncompleteRecording.tail(of: BytesSource(stored), key: fixture.key))
            let state = try SegmentVerifier.accept(stored + tail.bytes, after: nil).state
            #expect(state == tail.state && state.isComplete)
            #expect(try !fixture.events(of: stored + tail.bytes).isEmpty)
        }
        #expect(try IncompleteRecording.tail(of: BytesSource(container), key: fixture.key) == nil)
    }

    @Test func `a spool lists its recordings and nothing else`() throws {
        let fixture = try Fixture()
        try fixture.writer().abandon()
        _ = try fixture.file("notes.txt", [1])
        #expect(try SpoolFolder.all(in: fixture.folder) == [fixture.spooled])
        #expect(try fixture.spooled.bytes() > 0)
    }

    @Test func `a folder in which nothing began is told apart from one to recover`() throws {
        let fixture = try Fixture()
        let path = fixture.spooled.path
        func age() throws {
            try FileManager.default.setAttributes([.modificationDate: Date() - 60], ofItemAtPath: path)
        }
        let writer = try fixture.writer()
        try age()
        #expect(!fixture.spooled.isStillborn)
        writer.abandon()
        let header = try fixture.container()
        for length in 0..<header.count {
            try Data(header.prefix(length)).write(to: URL(fileURLWithPath: fixture.spooled.container))
            try age()
            #expect(fixture.spooled.isStillborn)
        }
        _ = try fixture.file("\(fixture.header.recording.text)/journal.1", [0])
        try age()
        #expect(!fixture.spooled.isStillborn)
        try fixture.spooled.remove()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(!fixture.spooled.isStillborn)
        try age()
        #expect(fixture.spooled.isStillborn)
    }

    @Test func `a journal in a file that was another one before holds its own records only`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.sealBytes = 1000
        options.sealPace = .zero
        options.segmentAfter = .milliseconds(1)
        let writer = try fixture.writer(options: options)
        var expected: [String] = []
        // A file that is free lies there for a moment only, until it is the journal again.
        var sparesSeen = 0
        for round in 0..<30 where round < 6 || sparesSeen == 0 {
            for number in 0..<20 {
                expected.append("\(round) \(number) " + String(repeating: "x", count: 60))
                try writer.append(.output, bytes(expected[expected.count - 1]), at: fixture.start)
            }
            try await eventually { try fixture.spooled.bytes() > 0 && writer.pendingBytes < 1000 }
            try await Task.sleep(for: .milliseconds(150))
            let names = try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path)
            sparesSeen += names.count { $0.hasPrefix("spare.") }
        }
        #expect(sparesSeen > 0)
        for _ in 0..<3 {
            expected.append("short")
            try writer.append(.output, bytes("short"), at: fixture.start)
            // On a busy machine a frame may be cut meanwhile, and its journal vanish: then copy again.
            let copy = try (0..<100).lazy.compactMap { _ in try? crashed(fixture) }.first ?? crashed(fixture)
            let outcome = try JournalRecovery(folder: copy).run(key: fixture.key)
            #expect(outcome.tornJournalBytes == 0)
            #expect(try texts(copy, fixture.key).dropLast() == expected[...])
        }
        writer.abandon()
    }
}
