import Cryptography
import Outbound
import TestSupport
import Testing

@testable import RADIUS

/// The client over TLS against servers that hear and do not answer.
@Suite struct RadSecClientTests {
    @Test(arguments: ["close", "reset", "alert"])
    func `a server that ends what it has begun may have heard, and no other is asked`(end: String) async throws {
        let server = try await LyingRadSec(end)
        let next = try await LyingRadius("silent")
        let places = try [server.port, next.port].map { try HostPort(parsing: "127.0.0.1:\($0)") }
        let servers = RADIUSClient.Servers(
            places, patience: .seconds(3), timeout: .seconds(3), stopsAtSilence: true,
            over: RadSec(
                authorities: server.certificate, certificate: server.certificate, key: Redacted(server.key)))
        do {
            _ = try await RADIUSClient().ask(servers, for: "acme", egress: .open) {
                RADIUSRequest(
                    login: "ann", .nothing, nasIdentifier: "gatehouse", callingStation: "192.0.2.1",
                    secret: RADIUSSecret(RadSec.secret)!)!
            }
            Issue.record("an answer")
        } catch RADIUSError.noServer(let attempts) {
            #expect(attempts.map(\.error) == [.hungUp])
            #expect(RADIUSError.noServer(attempts).mayHaveBeenHeard)
        }
        #expect(server.heard == 1)
    }
}
