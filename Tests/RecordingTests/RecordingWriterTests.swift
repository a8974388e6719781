import Cryptography
import Foundation
import Kernel
import Recording
import Testing

@Suite struct RecordingWriterTests {
    @Test func `what was recorded is read again, with the trailer that describes it`() async throws {
        let fixture = try Fixture()
        let container = try await fixture.smallRecording()
        var reader = try RecordingReader(BytesSource(container), key: fixture.key)
        var events: [RecordingEvent] = []
        try reader.forEach { events.append($0) }
        #expect(events.count == 10)
        #expect(events[0] == RecordingEvent(time: 0, kind: .output, data: bytes("$ ")))
        #expect(events[1].time == 500_000)
        #expect(events.last?.text == #"{"exit":0,"reason":"exited"}"#)
        let trailer = try #require(reader.trailer)
        #expect(trailer.input == 8)
        #expect(trailer.output == UInt64(events.filter { $0.kind == .output }.reduce(0) { $0 + $1.data.count }))
        #expect(trailer.ended == RecordingInstant(fixture.start + 5))
        #expect(trailer.reason == "exited")
    }

    @Test func `every event is in the journal when append returns, encrypted`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        var sizes: [Int] = []
        for _ in 0..<3 {
            try writer.append(.output, bytes("top secret text"), at: fixture.start)
            let journal = try Fixture.contents(fixture.spooled.path + "/journal.1")
            sizes.append(journal.count)
            #expect(Data(journal).range(of: Data("secret".utf8)) == nil)
        }
        #expect(sizes[0] > 0 && sizes[1] > sizes[0] && sizes[2] > sizes[1])
        writer.abandon()
    }

    @Test func `a frame is cut after 64 KiB once it is old enough`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.sealPace = .zero
        let writer = try fixture.writer(options: options)
        for _ in 0..<64 { try writer.append(.output, [UInt8](repeating: 65, count: 4096), at: fixture.start) }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let container = try fixture.container()
        // 16 events of 4 KiB and their heads pass 64 KiB; four times that, then the end, the index and the trailer.
        #expect(borders(of: container).count == 2 + 7)
        #expect(try fixture.events(of: container).count == 65)
    }

    @Test func `in a flood a frame grows to 768 KiB and no further`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.sealPace = .seconds(3600)
        options.sealAfter = .seconds(3600)
        let writer = try fixture.writer(options: options)
        for _ in 0..<400 { try writer.append(.output, [UInt8](repeating: 65, count: 4096), at: fixture.start) }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let container = try fixture.container()
        // 192 events of 4 KiB and their heads pass 768 KiB; twice that, then the rest with the end, the index and the trailer.
        #expect(borders(of: container).count == 2 + 5)
        #expect(try fixture.events(of: container).count == 401)
    }

    @Test func `a frame is cut after a second, and its journal is retired once it is safe`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.segmentAfter = .milliseconds(100)
        let segments = Collected<RecordingSegment>()
        var hooks = RecordingHooks()
        hooks.segment = { segments.append($0) }
        let writer = try fixture.writer(options: options, hooks: hooks)
        let began = ContinuousClock.now
        try writer.append(.output, bytes("x"), at: fixture.start)
        try await eventually { segments.all.count == 1 }
        #expect(ContinuousClock.now - began >= .seconds(1))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path)
        #expect(names.sorted() == ["container.ghr", "spare.1"])
        writer.abandon()
    }

    @Test func `segments are whole frames without a gap, and together they are the file`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.segmentAfter = .milliseconds(50)
        options.sealAfter = .milliseconds(50)
        let segments = Collected<RecordingSegment>()
        var hooks = RecordingHooks()
        hooks.segment = { segments.append($0) }
        let writer = try fixture.writer(options: options, hooks: hooks)
        for round in 0..<4 {
            for _ in 0..<40 { try writer.append(.output, SecureRandom.bytes(4096), at: fixture.start) }
            try await eventually { segments.all.count > round }
        }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let container = try fixture.container()
        #expect(try segments.all.flatMap { try $0.read() } == container)
        var state: ChainState?
        for segment in segments.all {
            let accepted = try SegmentVerifier.accept(segment.read(), after: state)
            #expect(accepted.first == segment.first)
            #expect(accepted.state.sequence == segment.last)
            #expect(accepted.state.chain == segment.chain)
            #expect(accepted.state.isComplete == segment.isLast)
            state = ChainState(stored: accepted.state.stored)
            #expect(state == accepted.state)
        }
        #expect(state?.isComplete == true)
    }

    @Test func `a flood leaves no more journals than it needs, and none in the end`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        var most: UInt64 = 0
        let line = [UInt8](repeating: 65, count: 32 << 10)
        for number in 0..<3000 {
            // Text shrinks to nothing in the container, so only the journals take up room.
            while (try? writer.append(.output, line, at: fixture.start)) == nil {
                try await Task.sleep(for: .milliseconds(2))
            }
            if number % 100 == 0 { most = max(most, try fixture.spooled.bytes()) }
        }
        #expect(most < 40 << 20)
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.spooled.path) == ["container.ghr"])
        #expect(try fixture.events(of: fixture.container()).count == 3001)
    }

    @Test func `a large recording is cut into segments of at most 8 MiB`() async throws {
        let fixture = try Fixture()
        let segments = Collected<RecordingSegment>()
        var hooks = RecordingHooks()
        hooks.segment = { segments.append($0) }
        let writer = try fixture.writer(hooks: hooks)
        var sent = 0
        while sent < 20 << 20 {
            // Refused when the sealer is behind: then a relay pauses, and so does this.
            guard (try? writer.append(.output, SecureRandom.bytes(256 << 10), at: fixture.start)) != nil else {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            sent += 256 << 10
        }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let parts = try segments.all.map { try $0.read() }
        #expect(parts.allSatisfy { $0.count <= 8 << 20 })
        #expect(try parts.flatMap { $0 } == fixture.container())
        let plan = try RecordingSegment.plan(fixture.spooled, from: 1)
        #expect(try plan.flatMap { try $0.read() } == fixture.container())
        #expect(plan.count == 3 && plan.last?.isLast == true)
        let later = try RecordingSegment.plan(fixture.spooled, from: plan[1].first)
        #expect(later.first?.offset == plan[1].offset)
        #expect(try RecordingSegment.plan(fixture.spooled, from: 1_000_000) == [])
    }

    @Test func `a clock that is set back does not turn time around`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        for seconds in [5.0, 3, -10, 6] { try writer.append(.output, bytes("x"), at: fixture.start + seconds) }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let times = try fixture.events(of: fixture.container()).map(\.time)
        #expect(times == [5_000_000, 5_000_000, 5_000_000, 6_000_000, 6_000_000])
    }

    @Test func `a snapshot is due after thirty seconds of activity, until there is one`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        func isDue(_ kind: RecordingEvent.Kind, _ seconds: Double) throws -> Bool {
            try writer.append(kind, bytes("x"), at: fixture.start + seconds).snapshotIsDue
        }
        #expect(try !isDue(.output, 29))
        #expect(try !isDue(.input, 30))
        #expect(try isDue(.output, 30))
        #expect(try isDue(.output, 31))
        #expect(try !isDue(.snapshot, 31))
        #expect(try !isDue(.output, 60))
        #expect(try isDue(.output, 61))
        writer.abandon()
    }

    @Test func `a writer that is too far ahead is told so, and told when there is room`() async throws {
        let fixture = try Fixture()
        var options = RecordingOptions()
        options.pendingBytes = 100_000
        options.sealBytes = 1 << 30
        options.sealAfter = .seconds(3)
        let relieved = Collected<Bool>()
        var hooks = RecordingHooks()
        hooks.relief = { relieved.append(true) }
        let writer = try fixture.writer(options: options, hooks: hooks)
        let piece = [UInt8](repeating: 0, count: 30_000)
        #expect(try !writer.append(.output, piece, at: fixture.start).isBehind)
        #expect(try writer.append(.output, piece, at: fixture.start).isBehind)
        try writer.append(.output, piece, at: fixture.start)
        #expect(throws: RecordingError.full) { try writer.append(.output, piece, at: fixture.start) }
        let position = try writer.append(.output, [1], at: fixture.start).position
        #expect(position == 4)
        try await eventually { relieved.all.count == 1 }
        try writer.append(.output, piece, at: fixture.start)
        writer.abandon()
    }

    @Test func `too much at once and anything after the end is refused`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        #expect(throws: RecordingError.tooLarge) {
            try writer.append(.output, [UInt8](repeating: 0, count: 1 << 20 + 1), at: fixture.start)
        }
        try writer.append(.output, [UInt8](repeating: 0, count: 1 << 20), at: fixture.start)
        try writer.finish(reason: "exited", at: fixture.start)
        #expect(throws: RecordingError.finished) { try writer.append(.output, [0], at: fixture.start) }
        #expect(throws: RecordingError.finished) { try writer.finish(reason: "again", at: fixture.start) }
        await writer.closed()
        await writer.closed()
        #expect(fixture.engine.count == 0)
        #expect(try fixture.events(of: fixture.container()).count == 2)
    }

    @Test func `an end that nobody waits for is written after what came before, and once`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        try writer.append(.output, bytes("last words"), at: fixture.start)
        let failures = Collected<RecordingError>()
        writer.finishLater(reason: "grant-revoked", exit: 255, at: fixture.start + 1) { failures.append($0) }
        await writer.closed()
        let events = try fixture.events(of: fixture.container())
        #expect(events.map(\.kind) == [.output, .end])
        #expect(events.last.flatMap { RecordingEnd($0.data) } == RecordingEnd(reason: "grant-revoked", exit: 255))
        #expect(failures.all.isEmpty)
        writer.finishLater(reason: "again", at: fixture.start + 2) { failures.append($0) }
        try await eventually { failures.all == [.finished] }
        #expect(try fixture.events(of: fixture.container()).count == 2)
    }

    @Test func `a recording whose end cannot be written is let go of, and who waits for it goes on`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        try writer.append(.output, bytes("last words"), at: fixture.start)
        let failures = Collected<RecordingError>()
        writer.finishLater(reason: String(repeating: "x", count: 2 << 20), at: fixture.start) { failures.append($0) }
        await writer.closed()
        try await eventually { failures.all == [.tooLarge] }
        #expect(fixture.engine.count == 0)
    }

    @Test func `in strict mode every position becomes durable`() async throws {
        let fixture = try Fixture()
        let durable = Collected<UInt64>()
        var hooks = RecordingHooks()
        hooks.durable = { durable.append($0) }
        let writer = try fixture.writer(options: RecordingOptions(strict: true), hooks: hooks)
        var last: UInt64 = 0
        for _ in 0..<200 { last = try writer.append(.output, SecureRandom.bytes(1000), at: fixture.start).position }
        try await eventually { durable.all.last == last }
        #expect(durable.all == durable.all.sorted())
        #expect(durable.all.count <= 200)
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        #expect(try fixture.events(of: fixture.container()).count == 201)
    }

    @Test func `what is typed without echo can be read with the redaction key only`() async throws {
        let fixture = try Fixture()
        let redaction = SealingPrivateKey()
        let writer = try fixture.writer(redactionKey: redaction.publicKey)
        try writer.appendSealed(bytes("hunter2"), at: fixture.start)
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let events = try fixture.events(of: fixture.container())
        #expect(events[0].kind == .sealed)
        #expect(!events[0].text.contains("hunter2"))
        let opened = try SealedInput.open(events[0], with: redaction, recording: fixture.header.recording)
        #expect(opened.kind == .input && opened.text == "hunter2")
        #expect(throws: SealError.opening) {
            try SealedInput.open(events[0], with: redaction, recording: .new())
        }
        let without = try Fixture()
        let other = try without.writer()
        #expect(throws: RecordingError.noRedactionKey) { try other.appendSealed([1], at: without.start) }
        other.abandon()
    }

    @Test func `a recording is never written over another one`() throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        #expect(throws: RecordingError.self) { try fixture.writer() }
        writer.abandon()
    }

    @Test func `events of many channels and kinds come back in order`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        var expected: [RecordingEvent] = []
        for number in 0..<2000 {
            let kinds = RecordingEvent.Kind.allCases.filter { $0 != .end }
            let event = RecordingEvent(
                time: UInt64(number) * 777, channel: UInt32(number % 3) * 1_000_000_000,
                kind: kinds[number % kinds.count], data: SecureRandom.bytes(number % 300))
            expected.append(event)
            try writer.append(
                event.kind, channel: event.channel, event.data,
                at: RecordingInstant(microseconds: fixture.header.started.microseconds + Int64(event.time)).date)
        }
        try writer.finish(reason: "exited", at: fixture.start)
        await writer.closed()
        let container = try fixture.container()
        #expect(try fixture.events(of: container).dropLast() == expected[...])
        var decoder = RecordingDecoder(key: fixture.key)
        var streamed: [RecordingEvent] = []
        for start in stride(from: 0, to: container.count, by: 1000) {
            streamed += try decoder.feed(container[start..<min(start + 1000, container.count)])
        }
        #expect(streamed.dropLast() == expected[...])
        #expect(decoder.trailer != nil)
    }
}
