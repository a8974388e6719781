import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(1))) struct RedirectTests {
    let receiver: Receiver

    init() async throws {
        receiver = try await Receiver.shared.value
    }

    @Test func `without being asked to, nothing is followed`() async throws {
        let response = try await withClient {
            try await $0.send(.init(.post, try receiver.url("/redirect?to=/echo"), body: [1]))
        }
        #expect(response.status == 302)
        #expect(response.headers["Location"] == "/echo")
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect on the same host keeps the headers`(code: Int) async throws {
        let response = try await withClient {
            try await $0.send(
                .init(
                    .get, try receiver.url("/redirect?code=\(code)&to=echo"),
                    headers: ["Authorization": "Bearer SECRET"],
                    redirects: .followed(atMost: 1)))
        }
        #expect(response.text.hasPrefix("GET /echo\n"))
        #expect(response.text.contains("Authorization: Bearer SECRET\n"))
    }

    @Test func `another host is told no headers`() async throws {
        let target = "http://localhost:\(receiver.port)/echo"
        let response = try await withClient {
            try await $0.send(
                .init(
                    .get, try receiver.url("/redirect?to=\(target)"),
                    headers: ["Authorization": "Bearer SECRET", "X-Api-Key": "SECRET", "Accept": "text/plain"],
                    redirects: .followed(atMost: 1)))
        }
        #expect(response.status == 200)
        #expect(!response.text.contains("SECRET"))
        #expect(response.text.contains("Accept: text/plain\n"))
    }

    @Test func `a loop ends`() async throws {
        await #expect(throws: OutboundError.redirectRefused(receiver.address)) {
            try await withClient {
                try await $0.send(.init(.get, try receiver.url("/loop"), redirects: .followed(atMost: 5)))
            }
        }
    }

    @Test(arguments: ["ftp://example.com/", "http://user:pass@example.com/", "file:///etc/passwd", "http://"])
    func `a redirect to something else than a plain URL is refused`(target: String) async throws {
        await #expect(throws: OutboundError.redirectRefused(receiver.address)) {
            try await withClient {
                try await $0.send(
                    .init(.get, try receiver.url("/redirect?to=\(target)"), redirects: .followed(atMost: 1)))
            }
        }
    }

    @Test func `nothing leads from https back to http`() throws {
        let request = OutboundRequest(
            .get, try OutboundURL("https://example.com/"), redirects: .followed(atMost: 1))
        let head = ResponseHead(status: 302, headers: ["Location": "http://example.com/"])
        #expect(throws: OutboundError.redirectRefused(request.url.destination)) { try request.redirected(by: head) }
    }
}
