import NIOHTTP1
import Testing

@testable import GatewayWeb

@Suite struct TerminalAskTests {
    private static let token = "gwt_cNPGilUCxK2LX441P2jKzC4N3cDtoitigcbY6LHRIHg"

    private func ask(
        _ uri: String, method: HTTPMethod = .GET, origins: [String] = ["http://acme.localhost:8080"]
    ) -> TerminalAsk? {
        var headers = HTTPHeaders()
        for origin in origins { headers.add(name: "Origin", value: origin) }
        return TerminalAsk(HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers))
    }

    @Test func `a token and one origin make an ask`() {
        let ask = ask("/v1/terminal?token=\(Self.token)")
        #expect(ask?.token == Self.token)
        #expect(ask?.origin == "http://acme.localhost:8080")
    }

    @Test(arguments: [
        "/v1/terminal", "/v1/terminal?token=", "/v1/terminal?token=short", "/v1/terminals?token=\(token)",
        "/v1/terminal?token=\(token)&token=\(token)", "/v1/terminal?token=\(token)%00", "/v1/terminal?token=\(token) x",
        "/v1/terminal/?token=\(token)", "/v1/terminal?token=" + String(repeating: "a", count: 600),
    ])
    func `anything else is none`(uri: String) {
        #expect(ask(uri) == nil)
    }

    @Test func `without exactly one origin there is no ask`() {
        #expect(ask("/v1/terminal?token=\(Self.token)", origins: []) == nil)
        #expect(ask("/v1/terminal?token=\(Self.token)", origins: ["http://a.example", "http://b.example"]) == nil)
        #expect(ask("/v1/terminal?token=\(Self.token)", origins: [String(repeating: "o", count: 300)]) == nil)
        #expect(ask("/v1/terminal?token=\(Self.token)", method: .POST) == nil)
    }
}
