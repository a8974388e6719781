import ServiceLifecycle
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    let receiver: Receiver

    init() async throws {
        receiver = try await Receiver.shared.value
    }

    @Test(arguments: OutboundRequest.Method.allCases)
    func `every method arrives with its body and its headers`(method: OutboundRequest.Method) async throws {
        let body = method == .get || method == .head ? [] : Array("{\"a\":1}".utf8)
        let request = OutboundRequest(
            method, try receiver.url("/echo?x=1"),
            headers: ["webhook-id": "msg_1", "Content-Type": "application/json", "X-Empty": ""], body: body)
        let response = try await withClient { try await $0.send(request) }
        #expect(response.status == 200)
        guard method != .head else { return }
        let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "\(method.rawValue) /echo?x=1")
        #expect(lines.contains("webhook-id: msg_1"))
        #expect(lines.contains("Content-Type: application/json"))
        #expect(lines.contains("X-Empty: "))
        #expect(lines.contains("User-Agent: Gatehouse"))
        #expect(lines.last == Substring(String(decoding: body, as: UTF8.self)))
    }

    @Test func `nothing is added that the caller did not say`() async throws {
        let request = OutboundRequest(.post, try receiver.url("/echo"), body: Array(repeating: 7, count: 100_000))
        let text = try await withClient { try await $0.send(request) }.text
        #expect(text.contains("Content-Length: 100000\n"))
        for name in ["Content-Type", "Expect", "Cookie", "Authorization", "Accept-Encoding"] {
            #expect(!text.contains("\(name):"))
        }
    }

    @Test func `an empty body is sent as one`() async throws {
        let request = OutboundRequest(.put, try receiver.url("/echo"))
        #expect(try await withClient { try await $0.send(request) }.text.contains("Content-Length: 0\n"))
    }

    @Test func `repeated response headers are all there, in order`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/echo"))
        let headers = try await withClient { try await $0.send(request) }.headers
        #expect(headers.fields.filter { $0.name == "X-Twice" }.map(\.value) == ["1", "2"])
        #expect(headers["x-twice"] == "1")
    }

    @Test(arguments: [204, 404, 410, 500, 503])
    func `every status is a response`(status: Int) async throws {
        let request = OutboundRequest(.get, try receiver.url("/status?code=\(status)"))
        #expect(try await withClient { try await $0.send(request) }.status == status)
    }

    @Test func `an interim response is not the final one`() async throws {
        let response = try await withClient { try await $0.send(.init(.get, try receiver.url("/interim"))) }
        #expect(response.status == 200)
        #expect(response.headers["Link"] == nil)
        #expect(response.text == "final")
    }

    @Test func `fifty requests at a time are all answered`() async throws {
        let url = try receiver.url("/slow?seconds=0.3")
        let elapsed = try await ContinuousClock().measure {
            try await withClient { client in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<50 { group.addTask { try await client.send(.init(.get, url)).status } }
                    for try await status in group { #expect(status == 200) }
                }
            }
        }
        #expect(elapsed < .seconds(5))
    }

    @Test func `a slow answer ends with the timeout`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/slow?seconds=5"), timeout: .seconds(2))
        let expected = OutboundError.timedOut(receiver.address, .answering)
        await #expect(throws: expected) { try await withClient { try await $0.send(request) } }
    }

    @Test(arguments: ["/huge", "/large?bytes=70000"])
    func `a body over the limit is an error and not a cut body`(path: String) async throws {
        let request = OutboundRequest(.get, try receiver.url(path), maxResponseBytes: 65536)
        let expected = OutboundError.responseTooLarge(receiver.address, limit: 65536)
        await #expect(throws: expected) { try await withClient { try await $0.send(request) } }
    }

    @Test func `a body of exactly the limit is read`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/large?bytes=3000000"), maxResponseBytes: 3_000_000)
        #expect(try await withClient { try await $0.send(request) }.body.count == 3_000_000)
    }

    @Test func `endless headers are cut off`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/headers"))
        let expected = OutboundError.responseTooLarge(receiver.address, limit: 65536)
        await #expect(throws: expected) { try await withClient { try await $0.send(request) } }
    }

    @Test(arguments: ["/garbage", "/hangup", "/short"])
    func `what is not a whole HTTP response is an error`(path: String) async throws {
        let request = OutboundRequest(.get, try receiver.url(path))
        let expected = OutboundError.brokenOff(receiver.address)
        await #expect(throws: expected) { try await withClient { try await $0.send(request) } }
    }

    @Test func `a closed port is told from a name without address`() async throws {
        let closed = try OutboundURL("http://127.0.0.1:1/")
        await #expect(throws: OutboundError.notConnected(closed.destination)) {
            try await withClient { try await $0.send(.init(.get, closed)) }
        }
        let unknown = try OutboundURL("http://no-such-name.invalid/")
        await #expect(throws: OutboundError.nameNotFound(unknown.destination)) {
            try await withClient { try await $0.send(.init(.get, unknown, timeout: .seconds(30))) }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct HTTPClientEndTests {
    let receiver: Receiver

    init() async throws {
        receiver = try await Receiver.shared.value
    }

    @Test func `cancelling the task ends the request at once`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/slow?seconds=5"))
        let elapsed = try await ContinuousClock().measure {
            try await withClient { client in
                await withTaskGroup(of: OutboundError?.self) { group in
                    group.addTask {
                        do throws(OutboundError) {
                            _ = try await client.send(request)
                            return nil
                        } catch { return error }
                    }
                    try? await Task.sleep(for: .milliseconds(100))
                    group.cancelAll()
                    #expect(await group.next() == .cancelled)
                }
            }
        }
        #expect(elapsed < .seconds(4))
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/echo"))
        try await withClient { client in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    await #expect(throws: OutboundError.cancelled) { try await client.send(request) }
                }
            }
        }
    }

    @Test func `stopping the client ends what is under way and refuses what comes later`() async throws {
        let request = OutboundRequest(.get, try receiver.url("/slow?seconds=5"))
        try await withClient { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await #expect(throws: OutboundError.stopped) { try await client.send(request) } }
                try await Task.sleep(for: .milliseconds(100))
                await client.stop()
                try await group.waitForAll()
            }
            await #expect(throws: OutboundError.stopped) { try await client.send(request) }
        }
    }

    @Test func `as a service it ends when it is cancelled`() async throws {
        try await withClient { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let service: any Service = client
                group.addTask { try await service.run() }
                group.cancelAll()
                try await group.waitForAll()
            }
            await #expect(throws: OutboundError.stopped) {
                try await client.send(.init(.get, try receiver.url("/echo")))
            }
        }
    }
}
