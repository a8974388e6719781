import FoundationEssentials
import Kernel
import Outbound
import Synchronization
import TestSupport
import Testing

@testable import CMPP

/// The client against a gateway in another process, and against what only looks like one.
@Suite struct CMPPClientTests {
    private static func account(_ gateway: TestCMPPGateway, secret: String = TestCMPPGateway.secret) throws
        -> CMPPAccount
    {
        CMPPAccount(
            place: try HostPort(parsing: "127.0.0.1:\(gateway.port)"), source: TestCMPPGateway.source,
            secret: Secret(secret), number: "10690001", service: "GATE")!
    }

    private static var time: CMPPTime { CMPPTime(secondsSince1970: Int(Date().timeIntervalSince1970)) }

    private static func send(
        _ text: String, to number: String, by client: CMPPClient, _ account: CMPPAccount,
        egress: EgressPolicy = .open, hear: @escaping @Sendable (CMPPReport) -> Void = { _ in }
    ) async throws -> [CMPPMessageID] {
        let message = try #require(CMPPMessage(text, to: number, reference: 3))
        return try await client.send(
            message, as: account, for: "acme", egress: egress, at: time, onReport: hear)
    }

    @Test func `messages go over one connection, and reports come back by it`() async throws {
        let gateway = try await TestCMPPGateway()
        let reports = Mutex<[CMPPReport]>([])
        let client = CMPPClient()
        let hear: @Sendable (CMPPReport) -> Void = { report in reports.withLock { $0.append(report) } }
        let account = try Self.account(gateway)
        let first = try await Self.send("您的验证码是 123456", to: "+8613800000000", by: client, account, hear: hear)
        let early = try await Self.send("Your code is 123456", to: "+8613800000007", by: client, account, hear: hear)
        let lost = try await Self.send("x", to: "+8613800000001", by: client, account, hear: hear)
        let long = try await Self.send(
            String(repeating: "很长", count: 60), to: "+8613800000000", by: client, account, hear: hear)
        #expect([first, early, lost].map(\.count) == [1, 1, 1] && long.count == 2)
        try await eventually("all reports are here") { reports.withLock { $0.count == 5 } }
        let delivered = reports.withLock { all in Set(all.filter(\.isDelivered).map(\.message)) }
        #expect(delivered == Set(first + early + long))
        #expect(reports.withLock { $0.first { $0.message == lost[0] }?.state } == "MA:0001")
        try await eventually("they were acknowledged") {
            gateway.events.count { $0.contains("report-taken") } == 5
        }
        let events = gateway.events
        #expect(events.count { $0.contains("\"connect\"") } == 1)
        #expect(!events.contains { $0.contains("fault") }, "\(events)")
        #expect(
            events.contains {
                $0.contains("\\u60a8\\u7684\\u9a8c\\u8bc1\\u7801\\u662f 123456")
                    && $0.contains("\"to\": \"13800000000\"")
                    && $0.contains("\"src\": \"10690001\"") && $0.contains("\"service\": \"GATE\"")
            })
        await client.close()
    }

    @Test func `a hundred at once are all sent, by one connection`() async throws {
        let gateway = try await TestCMPPGateway()
        let client = CMPPClient()
        let account = try Self.account(gateway)
        let ids = try await withThrowingTaskGroup(of: [CMPPMessageID].self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await Self.send("code \(number)", to: "1380000\(1000 + number)5", by: client, account)
                }
            }
            return try await group.reduce(into: [CMPPMessageID]()) { $0 += $1 }
        }
        #expect(Set(ids).count == 100)
        #expect(gateway.events.count { $0.contains("\"connect\"") } == 1)
        await client.close()
    }

    @Test func `what a gateway refuses is said, and the next message is sent all the same`() async throws {
        let gateway = try await TestCMPPGateway()
        let client = CMPPClient()
        let account = try Self.account(gateway)
        await #expect(throws: CMPPError.refused(.flowControl)) {
            _ = try await Self.send("x", to: "13800000008", by: client, account)
        }
        await #expect(throws: CMPPError.noAnswer) {
            _ = try await Self.send("x", to: "13800000006", by: client, account)
        }
        #expect(try await Self.send("x", to: "13800000000", by: client, account).count == 1)
        #expect(gateway.events.count { $0.contains("\"connect\"") } == 2)
        await client.close()
    }

    @Test func `only the gateway that was meant gets a message`() async throws {
        for (kind, secret, error) in [
            (nil, "another secret", CMPPError.notAdmitted(.secret)),
            ("--impostor", TestCMPPGateway.secret, .notTheGateway),
            ("--babble", TestCMPPGateway.secret, .unreadable(.length(0x4854_5450))),
        ] {
            let gateway = try await TestCMPPGateway(kind)
            let client = CMPPClient()
            let account = try Self.account(gateway, secret: secret)
            await #expect(throws: error) { _ = try await Self.send("x", to: "13800000000", by: client, account) }
            #expect(!gateway.events.contains { $0.contains("submit") })
        }
        let gateway = try await TestCMPPGateway()
        let account = try Self.account(gateway)
        let closed = CMPPClient()
        await #expect(throws: CMPPError.unreachable(.destinationRefused(account.place))) {
            _ = try await Self.send("x", to: "13800000000", by: closed, account, egress: .guarded(allow: []))
        }
        #expect(gateway.events.isEmpty)
        await gateway.stop()
        await #expect(throws: CMPPError.notThere) {
            _ = try await Self.send("x", to: "13800000000", by: closed, account)
        }
    }
}
