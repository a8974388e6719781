import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

@testable import CMPP

/// What has the libraries.
private let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"]

/// A client that is not ours, against the gateway that stands in for an operator's, and beside what we write.
@Suite(.enabled(if: python != nil, "needs pycmpp (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(2)))
struct CMPPLibraryTests {
    private static func library(_ arguments: [String]) async throws -> JSON {
        let script = Repository.path("Tests/Support/cmpp_client.py")
        let said = try await ChildProcess.run([try #require(python), script] + arguments)
        return try JSONParser.parse(Array(said.utf8))
    }

    @Test func `the gateway takes what another client sends, and lets nobody in by another secret`() async throws {
        let gateway = try await TestCMPPGateway()
        let long = String(repeating: "很长", count: 60)
        func speak(_ secret: String, _ text: String, to number: String) async throws -> JSON {
            try await Self.library(["speak", "\(gateway.port)", TestCMPPGateway.source, secret, text, number])
        }
        let right = TestCMPPGateway.secret
        let taken = try await speak(right, "您的验证码是 123456", to: "13800000000")
        #expect(taken["connect"] == 0 && taken["version"] == 0x20 && taken["submits"] == [0], "\(taken)")
        #expect(try await speak(right, long, to: "13800000000")["submits"] == [0, 0])
        #expect(try await speak(right, "x", to: "13800000008")["submits"] == [8])
        let refused = try await speak("another secret", "x", to: "13800000000")
        #expect(refused["connect"] == 3 && refused["submits"] == [], "\(refused)")
        let events = gateway.events
        #expect(!events.contains { $0.contains("fault") }, "\(events)")
        #expect(events.contains { $0.contains(#"\u60a8\u7684\u9a8c\u8bc1\u7801\u662f 123456"#) })
        #expect(events.count { $0.contains("submit") } == 4)
        await gateway.stop()
    }

    @Test func `another client writes the same bytes as we do`() async throws {
        let account = try #require(
            CMPPAccount(
                place: try HostPort(parsing: "127.0.0.1:7890"), source: "901234", secret: Secret("a secret"),
                number: "10690001", service: "GATE"))
        let time = CMPPTime(text: "1130002500")
        let message = try #require(CMPPMessage("【示例】您的验证码是 123456", to: "+8613800000000", reference: 1))
        let theirs = try await Self.library([
            "write", account.source, "a secret", time.text, account.service, account.number,
            "【示例】您的验证码是 123456", "13800000000",
        ])
        func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        var session = CMPPSession(account, at: time)
        guard case .send(let connect)? = session.begin(now: .zero).first else { return #expect(Bool(false)) }
        #expect(theirs["connect"]?.text == hex(connect))
        let submit = CMPPFrame(.submit, 2, message.body(of: 0, from: account))
        #expect(theirs["submit"]?.text == hex(submit.bytes))
    }
}
