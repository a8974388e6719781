import Glibc
import Kernel
import Outbound
import TestSupport
import Testing

@testable import RADIUS

/// The client against two real FreeRADIUS servers, and against servers that lie.
@Suite(.serialized) struct RADIUSClientTests {
    private let client = RADIUSClient()
    private let secret = RADIUSSecret(TestRadius.secret)!

    private func servers(
        _ ports: [Int], patience: Duration = .seconds(1), timeout: Duration = .seconds(3)
    ) throws -> RADIUSClient.Servers {
        RADIUSClient.Servers(
            try ports.map { try HostPort(parsing: "127.0.0.1:\($0)") }, patience: patience, timeout: timeout)
    }

    private func ask(
        _ servers: RADIUSClient.Servers, _ login: String, _ proof: RADIUSRequest.Proof, secret: RADIUSSecret? = nil,
        egress: EgressPolicy = .open, client: RADIUSClient? = nil
    ) async throws -> RADIUSClient.Outcome {
        try await (client ?? self.client).ask(servers, for: "acme", egress: egress) {
            RADIUSRequest(
                login: login, proof, nasIdentifier: "gatehouse", callingStation: "192.0.2.1",
                secret: secret ?? self.secret)!
        }
    }

    private func errors(of work: () async throws -> RADIUSClient.Outcome) async -> [RADIUSError?] {
        do {
            _ = try await work()
            return []
        } catch RADIUSError.noServer(let attempts) {
            return attempts.map(\.error)
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `by MS-CHAPv2 a server that accepts without knowing the password is not believed`() async throws {
        let liar = try await LyingRadius("honest")
        let errors = await errors { try await ask(servers([liar.port]), "eve", .mschap("x")) }
        #expect(errors == [.unbelievable(.wrongProof)])
    }

    @Test(.enabled(if: TestRadius.isThere)) func `a password is proven by PAP and by CHAP`() async throws {
        let test = try await TestRadius()
        let servers = try servers([test.first.port])
        for proof: RADIUSRequest.Proof in [.pap(Self.text("secret of ann")), .chap(Self.text("secret of ann"))] {
            let outcome = try await ask(servers, "ann", proof)
            guard case .accepted(let words) = outcome.answer else { return #expect(Bool(false), "\(outcome.answer)") }
            #expect(words.texts(RADIUSAttribute.filterID) == ["ops", "staff"])
            #expect(words.texts(RADIUSAttribute.class) == ["radius-people"])
        }
        for (login, password) in [("ann", "secret of ben"), ("nobody", "secret of nobody"), ("ann", "SECRET OF ANN")] {
            for proof: RADIUSRequest.Proof in [.pap(Self.text(password)), .chap(Self.text(password))] {
                guard case .rejected = try await ask(servers, login, proof).answer else {
                    return #expect(Bool(false), "\(login)")
                }
            }
        }
    }

    @Test(.enabled(if: TestRadius.isThere)) func `a question is answered with its state`() async throws {
        let test = try await TestRadius()
        let servers = try servers([test.first.port])
        guard
            case .asked(let words, let state) = try await ask(servers, "cara", .pap(Self.text("secret of cara"))).answer
        else { return #expect(Bool(false), "no question") }
        #expect(words.message == TestRadius.question)
        let answers: [(RADIUSRequest.Proof, Bool)] = [
            (.answer(Self.text("123456"), state: state), true), (.answer(Self.text("123457"), state: state), false),
            (.answer(Self.text("123456"), state: [1]), false), (.answer(Self.text("123456"), state: nil), false),
        ]
        for (proof, isRight) in answers {
            let answer = try await ask(servers, "cara", proof).answer
            if case .accepted = answer { #expect(isRight) } else { #expect(!isRight) }
        }
    }

    @Test(.enabled(if: TestRadius.isThere)) func `a server is asked whether it is there, about nobody`() async throws {
        let test = try await TestRadius()
        let outcome = try await client.ask(servers([test.first.port]), for: "acme", egress: .open) {
            RADIUSRequest(statusFor: "gatehouse", secret: secret)
        }
        guard case .accepted = outcome.answer else { return #expect(Bool(false), "\(outcome.answer)") }
    }

    @Test(.enabled(if: TestRadius.isThere))
    func `the second server answers when the first is gone, hangs, or has another secret`() async throws {
        let test = try await TestRadius()
        let stranger = try await LyingRadius("other-secret")
        let proof = RADIUSRequest.Proof.pap(Self.text("secret of ann"))
        for first in [FreePort.nextForDatagrams(), stranger.port] {
            let outcome = try await ask(servers([first, test.second.port]), "ann", proof)
            #expect(outcome.attempts.count == 2 && outcome.attempts.last?.error == nil)
        }
        test.first.signal(SIGSTOP)
        let servers = try servers([test.first.port, test.second.port], patience: .seconds(1))
        let start = ContinuousClock.now
        #expect(try await ask(servers, "ann", proof).attempts.map(\.error) == [.timedOut, nil])
        #expect(ContinuousClock.now - start < .seconds(3))
        // It is asked last for a while, so nobody else waits for it; other parties know nothing of that.
        #expect(try await ask(servers, "ann", proof).attempts.map(\.error) == [nil])
        test.first.signal(SIGCONT)
    }

    @Test func `nothing listens: the network says so, at once or not at all`() async throws {
        let errors = await errors { try await ask(servers([FreePort.nextForDatagrams()]), "ann", .pap([1])) }
        #expect(errors == [.notThere])
    }

    private static let lies: [(String, RADIUSFault)] = [
        ("no-signature", .noMessageAuthenticator), ("false-signature", .wrongMessageAuthenticator),
        ("two-signatures", .wrongMessageAuthenticator), ("other-secret", .wrongAuthenticator),
        ("other-id", .otherRequest), ("short", .malformed), ("zero-attribute", .malformed), ("long", .malformed),
        ("status", .malformed), ("flood", .malformed),
    ]

    @Test func `no lie is believed`() async throws {
        // All at once: each one is waited out.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (lie, fault) in Self.lies {
                group.addTask {
                    let liar = try await LyingRadius(lie)
                    let servers = try self.servers([liar.port], timeout: .seconds(4))
                    let errors = await self.errors { try await self.ask(servers, "ann", .pap([1])) }
                    guard errors.count == 1, case .unbelievable(let found)? = errors[0] else {
                        Issue.record("\(lie): \(errors)")
                        return
                    }
                    // A flood may end with the wrong authenticator of its own form.
                    #expect(found == fault || lie == "flood", "\(lie): \(found)")
                    let isSignedFirst = liar.requests.allSatisfy { $0.hasSuffix(" 1 80") }
                    #expect(isSignedFirst, "the signature comes first: \(liar.requests)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: ["honest", "deaf-once", "late"])
    func `an honest answer arrives behind lies and losses`(lie: String) async throws {
        let server = try await LyingRadius(lie)
        let outcome = try await ask(servers([server.port], timeout: .seconds(5)), "ann", .pap([1]))
        guard case .accepted = outcome.answer else { return #expect(Bool(false), "\(outcome.answer)") }
        // A repetition is the same request to the server: the same number, the same bytes.
        #expect(Set(server.requests).count == 1)
    }

    @Test func `silence ends at the deadline, and by cancellation`() async throws {
        let server = try await LyingRadius("silent")
        let quick = try servers([server.port], timeout: .milliseconds(300))
        #expect(await errors { try await ask(quick, "ann", .pap([1])) } == [.timedOut])
        let slow = try servers([server.port], timeout: .seconds(10))
        let start = ContinuousClock.now
        let asking = Task { try await ask(slow, "ann", .pap([1])) }
        try await eventually("it is asked") { server.requests.count > 1 }
        asking.cancel()
        await #expect(throws: CancellationError.self) { try await asking.value }
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test func `a server that may be ringing is the only one that is asked`() async throws {
        let (silent, honest) = (try await LyingRadius("silent"), try await LyingRadius("honest"))
        func servers(_ ports: [Int]) throws -> RADIUSClient.Servers {
            let places = try self.servers(ports).places
            return RADIUSClient.Servers(
                places, patience: .milliseconds(100), timeout: .milliseconds(600), stopsAtSilence: true)
        }
        #expect(
            await errors { try await ask(servers([silent.port, honest.port]), "ann", .pap([1])) } == [.timedOut])
        #expect(honest.requests.isEmpty)
        let outcome = try await ask(servers([FreePort.nextForDatagrams(), honest.port]), "ann", .pap([1]))
        #expect(outcome.attempts.map(\.error) == [.notThere, nil])
    }

    @Test func `a private address is reached only if it was opened, by whatever name`() async throws {
        let server = try await LyingRadius("honest")
        let servers = try servers([server.port])
        let opened = try HostPort(parsing: "127.0.0.1:\(server.port)")
        #expect(
            await errors { try await ask(servers, "ann", .pap([1]), egress: .guarded(allow: [])) }
                == [.unreachable(.destinationRefused(opened))])
        let outcome = try await ask(servers, "ann", .pap([1]), egress: .guarded(allow: [opened]))
        #expect(outcome.server == opened)
        // It is the address that counts, not how it is called.
        let name = try HostPort(parsing: "localhost:\(server.port)")
        let named = RADIUSClient.Servers([name], patience: .seconds(1), timeout: .seconds(1))
        let before = server.requests.count
        _ = await errors { try await ask(named, "ann", .pap([1]), egress: .guarded(allow: [])) }
        #expect(server.requests.count == before)
    }

    @Test func `one party has its share and no more`() async throws {
        let server = try await LyingRadius("silent")
        let client = RADIUSClient(most: 3, share: 2)
        let servers = try servers([server.port], timeout: .seconds(5))
        func begin(_ party: String) -> Task<RADIUSClient.Outcome, any Error> {
            Task {
                try await client.ask(servers, for: party, egress: .open) {
                    RADIUSRequest(
                        login: "ann", .pap([1]), nasIdentifier: "g", callingStation: nil, secret: secret)!
                }
            }
        }
        let two = [begin("acme"), begin("acme")]
        try await eventually("two are asked") { Set(server.requests).count == 2 }
        await #expect(throws: BlockingPool.Busy.self) { try await begin("acme").value }
        let other = begin("globex")
        try await eventually("three are asked") { Set(server.requests).count == 3 }
        await #expect(throws: BlockingPool.Busy.self) { try await begin("initech").value }
        for task in two + [other] { task.cancel() }
        for task in two + [other] { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(
            await errors {
                try await ask(
                    self.servers([server.port], timeout: .milliseconds(100)), "ann", .pap([1]), client: client)
            } == [.timedOut])
    }
}
