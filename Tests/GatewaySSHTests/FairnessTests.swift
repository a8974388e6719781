import Foundation
import GatewayContract
import GatewayCore
import GatewaySSH
import Kernel
import SSH
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct FairnessTests {
    @Test func `companies that share a loop get every byte, both ways and at once`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(loops: 1)
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let input = Data((0..<6_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 3) })
            let tenants = (0..<3).map { _ in TenantID.new() }
            let commands = (0..<6).map { "cat && : \($0)" }
            gateway.server.state.withLock { state in
                for (number, command) in commands.enumerated() { state.tenants[command] = tenants[number % 3] }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for command in commands {
                    group.addTask {
                        let result = try await client.run(
                            "acme+lin+\(target.user)+web-1", command, input: input, limit: .seconds(120))
                        #expect(result.status == 0)
                        #expect(result.output.elementsEqual(input), "the bytes differ")
                    }
                }
                try await group.waitForAll()
            }
            let granted = gateway.server.state.withLock { Set($0.grants.values.map(\.tenant)) }
            #expect(granted == Set(tenants))
        }
    }

    @Test func `a company moves as many bytes a second as it may, and a keystroke passes nevertheless`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(loops: 1)
        try gateway.server.serve(target)
        gateway.server.state.withLock {
            $0.allowance = TenantAllowance(connections: nil, bytesPerSecond: 1 << 20, burstBytes: 256 << 10)
        }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let began = ContinuousClock.now
            let result = try await client.run(
                "acme+lin+\(target.user)+web-1", "head -c 2883584 /dev/zero", limit: .seconds(60))
            // 2.75 MiB less a burst of a quarter, at one a second.
            #expect(result.output.count == 2_883_584)
            #expect(ContinuousClock.now - began > .seconds(2.4))

            // All of the share goes into a flood; what somebody types still gets through and stops it.
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.open(
                client, user: "acme+lin+\(target.user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            await probe.type("yes fl''ood\r")
            try await probe.expect("flood")
            await probe.type("\u{3}")
            await probe.type("exit 7\r")
            #expect(try await probe.end(within: .seconds(60)) == .status(7))
        }
    }

    @Test func `a new limit reaches a running session with the next lease`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(loops: 1)
        try gateway.server.serve(target)
        gateway.server.state.withLock {
            $0.allowance = TenantAllowance(connections: nil, bytesPerSecond: 1024, burstBytes: 1024)
        }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            async let result = client.run(
                "acme+lin+\(target.user)+web-1", "head -c 4000000 /dev/zero", limit: .seconds(60))
            try await eventually("the session lives") { gateway.core.registry.count == 1 }
            // At a kilobyte a second this would last for an hour.
            gateway.server.state.withLock { $0.allowance = .unlimited }
            #expect(try await result.output.count == 4_000_000)
        }
    }

    @Test func `a company opens as many sessions as it may, and is told why not another one`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(loops: 1)
        try gateway.server.serve(target)
        gateway.server.state.withLock { $0.allowance = TenantAllowance(connections: 1, bytesPerSecond: nil) }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let user = "acme+lin+\(target.user)+web-1"
            #expect(try await client.run(user, "true").status == 0)
            try await eventually("it is over") { gateway.core.registry.count == 0 }
            let holder = Probe(on: gateway.ssh.loops.next())
            try await holder.open(client, user: user, hostKey: gateway.ssh.hostKeys[0], command: "cat", size: nil)
            try await eventually("the session lives") { gateway.core.registry.count == 1 }
            let second = try await client.run(user, "true")
            #expect(second.status == 255)
            #expect(second.errors.contains("as many sessions open through this gateway as it may (1)"))
            await holder.endInput()
            try await eventually("there is room again") { gateway.core.registry.count == 0 }
            #expect(try await client.run(user, "true").status == 0)
            await holder.close()
        }
    }
}
