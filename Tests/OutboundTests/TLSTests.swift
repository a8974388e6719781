import Foundation
import TestSupport
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private static let setUp = Task { try await makeReceiver() }
    let receiver: Receiver
    let authority: String
    let names: [String]

    init() async throws {
        (receiver, authority) = try await Self.setUp.value
        names = ["receiver.test", "other.test"].map { [port = receiver.port] in "\($0):\(port):127.0.0.1" }
    }

    @Test func `a certificate of the given authority is trusted for its name`() async throws {
        let url = try receiver.url("/echo", host: "receiver.test", scheme: "https")
        let response = try await withClient(trust: .authorities(pem: authority), resolved: names) {
            try await $0.send(.init(.get, url))
        }
        #expect(response.status == 200)
    }

    @Test func `an unknown authority is not trusted`() async throws {
        let url = try receiver.url("/echo", host: "receiver.test", scheme: "https")
        await #expect(throws: OutboundError.tls(url.destination, .untrusted)) {
            try await withClient(resolved: names) { try await $0.send(.init(.get, url)) }
        }
    }

    @Test func `a certificate for another name is not trusted`() async throws {
        let url = try receiver.url("/echo", host: "other.test", scheme: "https")
        await #expect(throws: OutboundError.tls(url.destination, .untrusted)) {
            try await withClient(trust: .authorities(pem: authority), resolved: names) {
                try await $0.send(.init(.get, url))
            }
        }
    }

    @Test func `a server without TLS is no handshake`() async throws {
        let plain = try await Receiver.shared.value
        let url = try plain.url("/echo", scheme: "https")
        await #expect(throws: OutboundError.tls(url.destination, .handshake)) {
            try await withClient { try await $0.send(.init(.get, url)) }
        }
    }

    private static func makeReceiver() async throws -> (Receiver, authority: String) {
        let folder = TemporaryFolder()
        try await ChildProcess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-subj", "/CN=receiver.test", "-addext", "subjectAltName=DNS:receiver.test"]
                + ["-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem")])
        let authority = try String(contentsOfFile: folder.file("cert.pem"), encoding: .utf8)
        return (try await Receiver(certificate: folder.path), authority)
    }
}
