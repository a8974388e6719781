import Cryptography
import GatewayContract
import GatewayCore
import Kernel
import Logging
import NIOCore
import Recording
import SSH
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import GatewayWeb

/// The web entrance on a real socket. Whole sessions in a real browser are tested in Tests/Browser.
@Suite(.timeLimit(.minutes(1))) struct WebGatewayTests {
    @Test func `a probe is answered, and everything else is not found`() async throws {
        try await withGateway { port, _ async throws in
            #expect(try await RawHTTP.ask(port, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200"))
            #expect(try await RawHTTP.ask(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func `an upgrade without an origin or a token is not made`() async throws {
        try await withGateway { port, seen async throws in
            let answer = try await RawHTTP.ask(port, RawHTTP.upgrade("/v1/terminal?token=\(token)", origin: nil))
            #expect(!answer.hasPrefix("HTTP/1.1 101"))
            let other = try await RawHTTP.ask(port, RawHTTP.upgrade("/v1/terminal", origin: "http://acme.localhost"))
            #expect(!other.hasPrefix("HTTP/1.1 101"))
            #expect(seen.withLock { $0 }.isEmpty)
        }
    }

    @Test func `a token that the control plane refuses ends with words, and was passed with its origin`() async throws {
        try await withGateway { port, seen async throws in
            let answer = try await RawHTTP.ask(
                port, RawHTTP.upgrade("/v1/terminal?token=\(token)", origin: "http://evil.example"))
            #expect(answer.hasPrefix("HTTP/1.1 101"))
            #expect(answer.contains(#""type":"ended","reason":"refused""#))
            let proofs = seen.withLock { $0.map(\.proof) }
            #expect(proofs.count == 1)
            let proof = AdmissionProof.terminalToken(
                TerminalTokenProof(token: PassedSecret(token), origin: "http://evil.example"))
            #expect(proofs.first == proof)
        }
    }

    @Test(arguments: [(["127.0.0.1/32"], "198.51.100.7"), ([], "127.0.0.1"), (["10.0.0.0/8"], "127.0.0.1")])
    func `who asks is whom a trusted proxy names, and nobody else's word counts`(
        proxies: [String], client: String
    ) async throws {
        try await withGateway(trustedProxies: proxies.compactMap(AddressRange.init)) { port, seen async throws in
            let ask = RawHTTP.upgrade("/v1/terminal?token=\(token)", origin: "http://acme.localhost")
                .replacing("Host: x\r\n", with: "Host: x\r\nX-Forwarded-For: 203.0.113.1, 198.51.100.7\r\n")
            #expect(try await RawHTTP.ask(port, ask).hasPrefix("HTTP/1.1 101"))
            #expect(seen.withLock { $0 }.map(\.clientAddress) == [client])
        }
    }

    @Test func `one client behind a proxy cannot take the places of another`() async throws {
        try await withGateway(perAddress: 0, trustedProxies: [try #require(AddressRange("127.0.0.1"))]) {
            port, seen async throws in
            let ask = RawHTTP.upgrade("/v1/terminal?token=\(token)", origin: "http://acme.localhost")
            #expect(try await RawHTTP.ask(port, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200"))
            let answer = try await RawHTTP.ask(
                port, ask.replacing("Host: x\r\n", with: "Host: x\r\nX-Forwarded-For: 198.51.100.7\r\n"))
            #expect(!answer.contains("refused"))
            #expect(seen.withLock { $0 }.isEmpty)
        }
    }

    @Test func `garbage closes the connection, and a silent one is closed at its deadline`() async throws {
        try await withGateway(deadline: .milliseconds(300)) { port, _ async throws in
            _ = try await RawHTTP.ask(port, "\u{16}\u{3}\u{1}garbage\r\n\r\n")
            #expect(try await RawHTTP.ask(port, "GET /v1/ter").isEmpty)
        }
    }
}

private let token = "gwt_cNPGilUCxK2LX441P2jKzC4N3cDtoitigcbY6LHRIHg"

private func withGateway(
    deadline: Duration = .seconds(10), perAddress: Int = 64, trustedProxies: [AddressRange] = [],
    _ body: @Sendable (_ port: Int, _ seen: borrowing Mutex<[AdmissionRequest]>) async throws -> Void
) async throws {
    let folder = TemporaryFolder(prefix: "web")
    let seen = Seen()
    let core = try makeCore(folder, seen)
    let loops = try SSHLoopGroup(count: 1, name: "web-test")
    loops.start()
    defer { loops.stop() }
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    var configuration = WebGatewayConfiguration(port: 0)
    configuration.handshakeDeadline = deadline
    configuration.maxConnectionsPerAddress = perAddress
    configuration.trustedProxies = trustedProxies
    let gateway = WebGateway(core: core, configuration: configuration, loops: loops) { listening.yield($0) }
    let group = ServiceGroup(services: [gateway], logger: core.logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await body(port, seen.requests)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

private final class Seen: Sendable {
    let requests = Mutex<[AdmissionRequest]>([])
}

/// A worker whose control plane refuses everybody.
private func makeCore(_ folder: TemporaryFolder, _ seen: Seen) throws -> GatewayCore {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let controlPlane = ControlPlane(
        admit: { request throws(ControlPlaneError) in
            seen.requests.withLock { $0.append(request) }
            return .refused(AdmissionRefused(text: "no"))
        },
        waiting: { _ throws(ControlPlaneError) in throw .unknown },
        targets: { _ throws(ControlPlaneError) in throw .unknown },
        openSession: { _ throws(ControlPlaneError) in throw .unknown },
        renew: { _ throws(ControlPlaneError) in throw .unknown },
        events: { _, _ throws(ControlPlaneError) in throw .unknown },
        report: { _, _ throws(ControlPlaneError) in throw .unknown },
        end: { _, _ throws(ControlPlaneError) in throw .unknown },
        upload: { _, _ throws(ControlPlaneError) in throw .unknown },
        resume: { _ throws(ControlPlaneError) in throw .unknown },
        reportHostKey: { _ throws(ControlPlaneError) in throw .unknown },
        health: { _ throws(ControlPlaneError) in throw .unknown }, requests: .none)
    let identity = WorkerIdentity(
        worker: .new(), signingKey: SigningKey(), sealingKey: SealingPrivateKey(),
        serverKey: Bytes(SigningKey().verifyingKey.bytes))
    let recording = RecordingCore(
        spool: try Spool(path: folder.file("spool"), limit: 1 << 30), engine: RecordingEngine(),
        uploader: SegmentUploader(controlPlane: controlPlane, logger: logger),
        reporter: SessionReporter(controlPlane: controlPlane, logger: logger))
    return GatewayCore(
        controlPlane: controlPlane, identity: try IdentityStore(saving: identity, to: folder.file("identity.json")),
        registry: SessionRegistry(), recording: recording,
        closer: SessionCloser(recording: recording, logger: logger), waits: DecisionWaits(), logger: logger)
}
