import Cryptography
import Foundation
import GatewayContract
import Kernel
import Recording
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct DirectConnectionTests {
    @Test func `a command runs on the target, its streams and status come through, and it is recorded`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run(
                "acme+lin+\(target.user)+web-1", "echo out; echo err >&2; cat; exit 7", input: Data("typed".utf8))
            #expect(result.status == 7)
            #expect(result.text == "out\ntyped")
            #expect(result.errors == "err\n")

            let session = try #require(gateway.server.lastSession)
            try await eventually("the end is reported") { gateway.server.end(of: session) != nil }
            let end = try #require(gateway.server.end(of: session))
            #expect(end.reason == .exited)
            #expect(end.exitStatus == 7)
            #expect(end.counters.bytesIn == 5)
            #expect(end.counters.bytesOut == 13)
            #expect(end.counters.commands == 1)
            #expect(gateway.server.commands(of: session) == ["echo out; echo err >&2; cat; exit 7"])

            let recording = try #require(gateway.server.state.withLock { $0.grants[session]?.recording.id })
            try await eventually("the recording is stored") {
                gateway.server.state.withLock { $0.chains[recording]?.isComplete == true }
            }
            let events = try gateway.server.events(of: recording)
            #expect(events.bytes(.output) == Array("out\ntyped".utf8))
            #expect(events.bytes(.standardError) == Array("err\n".utf8))
            #expect(events.bytes(.input) == Array("typed".utf8))
            #expect(events.last?.kind == .end)
            let chain = gateway.server.state.withLock { $0.chains[recording]?.chain.bytes }
            #expect(end.chain?.value == chain)
            try await eventually("the spool is empty") {
                try FileManager.default.contentsOfDirectory(atPath: gateway.spool).isEmpty
            }
        }
    }

    @Test func `a large download arrives whole through a slow reader and many new keys`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let make =
                "head -c 24000000 /dev/urandom | tee /tmp/gatehouse-$$.bin | sha256sum >&2; cat /tmp/gatehouse-$$.bin; rm /tmp/gatehouse-$$.bin"
            let words = client.command("acme+lin+\(target.user)+web-1", make, options: ["-o", "RekeyLimit=2M"])
            let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
            let slow =
                "\(quoted) | python3 -c 'import sys,time,hashlib\nh=hashlib.sha256()\nwhile True:\n b=sys.stdin.buffer.read(200000)\n if not b: break\n h.update(b); time.sleep(0.02)\nprint(h.hexdigest())'"
            for _ in 0..<3 {
                let result = try await Command.run(["bash", "-c", slow], limit: .seconds(90))
                #expect(result.text.prefix(64) == result.errors.prefix(64))
                #expect(result.text.count == 65)
            }
        }
    }

    @Test func `an upload arrives whole, and end of input reaches the program`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let input = Data((0..<12_000_000).map { UInt8(truncatingIfNeeded: $0 &* 197 >> 5) })
            let result = try await client.run(
                "acme+lin+\(target.user)+web-1", "cat", options: ["-o", "RekeyLimit=3M"], input: input)
            #expect(result.status == 0)
            #expect(result.output.elementsEqual(input), "the bytes differ")
        }
    }

    @Test func `a refusal says why and how to ask`() async throws {
        let gateway = try TestGateway()
        gateway.server.state.withLock { $0.isRefusing = true }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run("acme+lin+deploy+web-1", "id")
            #expect(result.status == 255)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("no access to deploy@web-1: nothing grants it"))
            #expect(result.errors.contains("no grant covers web-1 now"))
            #expect(result.errors.contains("gatehouse request deploy@web-1"))
            #expect(result.errors.contains("https://acme.example/requests/new"))
        }
    }

    @Test func `a target whose host key has changed gets nothing, and the person is told`() async throws {
        let target = try await OpenSSHServer()
        let other = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        gateway.server.state.withLock { $0.addresses = [AssetAddress(host: "127.0.0.1", port: other.port)] }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run("acme+lin+\(target.user)+web-1", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("THE HOST KEY HAS CHANGED"))
            let session = try #require(gateway.server.lastSession)
            try await eventually("the end is reported") { gateway.server.end(of: session)?.reason == .hostKeyChanged }
            #expect(gateway.server.state.withLock { $0.hostKeyReports.count } == 1)
        }
    }

    @Test func `a target that does not answer is reported with its phase`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        gateway.server.state.withLock { $0.addresses = [AssetAddress(host: "127.0.0.1", port: FreePort.next())] }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run("acme+lin+\(target.user)+web-1", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("Connection refused"))
            let session = try #require(gateway.server.lastSession)
            try await eventually("the end is reported") { gateway.server.end(of: session)?.reason == .connectFailed }
            guard case .failed(let fact)? = gateway.server.state.withLock({ $0.facts[session]?.first?.event }) else {
                Issue.record("no fact")
                return
            }
            #expect(fact.phase == "connect")
        }
    }

    @Test func `a wrong credential of the account is said plainly`() async throws {
        let target = try await OpenSSHServer()
        let other = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        let wrong = try other.userKey
        gateway.server.state.withLock { $0.secret = Array(wrong.utf8) }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run("acme+lin+\(target.user)+web-1", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("did not accept the account's credential"))
        }
    }
}

extension [RecordingEvent] {
    func bytes(_ kind: RecordingEvent.Kind) -> [UInt8] { filter { $0.kind == kind }.flatMap(\.data) }
}
