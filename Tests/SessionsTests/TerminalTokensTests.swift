import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Sessions
import TestSupport
import Testing

@Suite struct TerminalTokensTests {
    let origin = "http://acme.localhost:8080"

    func tokens(_ fixture: Fixture, gateway: String? = "ws://127.0.0.1:9000") -> TerminalTokens {
        TerminalTokens(database: fixture.database) { _ in gateway }
    }

    func issue(_ fixture: Fixture, _ tokens: TerminalTokens) async throws -> String {
        let token = try await tokens.issue(
            TerminalTokenRequest(asset: fixture.asset, account: "root"), to: fixture.user, origin: origin,
            clientAddress: "192.0.2.1", in: fixture.scope, at: Fixture.now, audit: .discarding)
        #expect(token.url.reveal() == "ws://127.0.0.1:9000/v1/terminal?token=\(token.token.reveal())")
        return token.token.reveal()
    }

    @Test func `a token is spent once`() async throws {
        let fixture = try await Fixture()
        let tokens = tokens(fixture)
        let token = try await issue(fixture, tokens)
        let pass = try await tokens.spend(token, origin: origin, at: Fixture.now + 59)
        #expect(pass?.user == fixture.user)
        #expect(pass?.asset == fixture.asset)
        #expect(pass?.scope == fixture.scope)
        #expect(try await tokens.spend(token, origin: origin, at: Fixture.now + 59) == nil)
    }

    @Test func `from another origin it is worth nothing, and gone`() async throws {
        let fixture = try await Fixture()
        let tokens = tokens(fixture)
        let token = try await issue(fixture, tokens)
        #expect(try await tokens.spend(token, origin: "http://evil.example", at: Fixture.now) == nil)
        #expect(try await tokens.spend(token, origin: origin, at: Fixture.now) == nil)
    }

    @Test func `after a minute it is worth nothing`() async throws {
        let fixture = try await Fixture()
        let tokens = tokens(fixture)
        let token = try await issue(fixture, tokens)
        #expect(try await tokens.spend(token, origin: origin, at: Fixture.now + 60) == nil)
        #expect(try await tokens.spend("ght_made-up", origin: origin, at: Fixture.now) == nil)
    }

    @Test func `without a gateway or for an asset of somebody else there is none`() async throws {
        let fixture = try await Fixture()
        await #expect(throws: TerminalError.self) { try await issue(fixture, tokens(fixture, gateway: nil)) }
        await #expect(throws: SessionError.notFound) {
            try await tokens(fixture).issue(
                TerminalTokenRequest(asset: .new(), account: "root"), to: fixture.user, origin: origin,
                clientAddress: "192.0.2.1", in: fixture.scope, at: Fixture.now, audit: .discarding)
        }
    }
}
