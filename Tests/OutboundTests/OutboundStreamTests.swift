import TestSupport
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(1)), .serialized) struct OutboundStreamTests {
    let receiver: Receiver

    /// A receiver of its own: these tests count what it does.
    init() async throws {
        receiver = try await Receiver()
    }

    @Test func `events arrive one by one, after the head`() async throws {
        try await withClient { client in
            let stream = try await client.stream(.init(.get, try receiver.url("/events?count=20")))
            #expect(stream.head.status == 200)
            #expect(stream.head.headers["Content-Type"] == "text/event-stream")
            var parser = ServerSentEventParser()
            var events: [ServerSentEvent] = []
            var pieces = 0
            for try await bytes in stream {
                pieces += 1
                events += try parser.receive(bytes)
            }
            #expect(events.map(\.data) == (0..<20).map(String.init))
            #expect(events.last == ServerSentEvent(type: "tick", data: "19", id: "19"))
            #expect(pieces > 1)
        }
    }

    @Test func `a reader that falls behind stops the sender, and gets everything in the end`() async throws {
        try await withClient { client in
            let stream = try await client.stream(.init(.get, try receiver.url("/firehose?mib=64")))
            var iterator = stream.makeAsyncIterator()
            var count = try await iterator.next()?.count ?? 0
            try await Task.sleep(for: .milliseconds(500))
            let sent = try await client.send(.init(.get, try receiver.url("/count?of=sent"))).text
            #expect(try #require(Int(sent)) < 32)
            while let bytes = try await iterator.next() {
                #expect(bytes.count <= 256 * 1024)
                count += bytes.count
            }
            #expect(count == 64 << 20)
        }
    }

    @Test func `silence ends the stream, after what was there`() async throws {
        try await withClient { client in
            let stream = try await client.stream(
                .init(.get, try receiver.url("/silent")), idleTimeout: .seconds(2))
            var iterator = stream.makeAsyncIterator()
            #expect(try await iterator.next() == Array("hello".utf8))
            await #expect(throws: OutboundError.timedOut(receiver.address, .idle)) { try await iterator.next() }
        }
    }

    @Test func `a head that never comes is silence too`() async throws {
        try await withClient { client in
            await #expect(throws: OutboundError.timedOut(receiver.address, .idle)) {
                _ = try await client.stream(
                    .init(.get, try receiver.url("/slow?seconds=5")), idleTimeout: .seconds(2))
            }
        }
    }

    @Test func `a stream that nobody holds any more is closed`() async throws {
        try await withClient { client in
            do {
                let stream = try await client.stream(.init(.get, try receiver.url("/events")))
                var iterator = stream.makeAsyncIterator()
                _ = try await iterator.next()
                #expect(try await openStreams(client) == 1)
            }
            try await expectNoOpenStreams(client)
        }
    }

    @Test func `cancelling the reader closes the stream`() async throws {
        try await withClient { client in
            let stream = try await client.stream(.init(.get, try receiver.url("/events")))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: OutboundError.cancelled) { for try await _ in stream {} }
                }
                try? await Task.sleep(for: .milliseconds(100))
                group.cancelAll()
            }
            try await expectNoOpenStreams(client)
        }
    }

    private func openStreams(_ client: HTTPClient) async throws -> Int? {
        Int(try await client.send(.init(.get, try receiver.url("/count?of=open"))).text)
    }

    private func expectNoOpenStreams(_ client: HTTPClient) async throws {
        try await eventually("the server sees no open stream") { try await openStreams(client) == 0 }
    }
}
