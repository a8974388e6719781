import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Outbound

/// Names are resolved within a deadline, whatever name servers do.
@Suite struct NameLookUpTests {
    /// A resolver that answers for nothing called `hangs`, until it is let go.
    private final class Resolver: Sendable {
        let gate = DispatchSemaphore(value: 0)
        let asked = Mutex<[String]>([])

        func answer(_ destination: HostPort) throws(OutboundError) -> [NameLookUp.Candidate] {
            asked.withLock { $0.append(destination.host) }
            if destination.host.hasPrefix("hangs") { gate.wait() }
            if destination.host == "unknown.example" { throw .nameNotFound(destination) }
            return [NameLookUp.Candidate(address: .v4(0x7F00_0001), bytes: [], family: 0)]
        }
    }

    private let resolver = Resolver()

    private func lookUp(threads: Int = 8, waiting: Int = 0, share: Int = 4) -> NameLookUp {
        NameLookUp(threads: threads, waiting: waiting, share: share) { [resolver] destination throws(OutboundError) in
            try resolver.answer(destination)
        }
    }

    private func host(_ name: String) throws -> HostPort { try HostPort(parsing: "\(name):389") }
    private func soon() -> ContinuousClock.Instant { .now + .milliseconds(100) }

    @Test func `whoever asks stops waiting at the deadline, on a thread and without one`() async throws {
        defer { for _ in 0..<8 { resolver.gate.signal() } }
        let lookUp = lookUp()
        let hangs = try host("hangs.example")
        let late = OutboundError.timedOut(hangs, .connecting)
        #expect(throws: late) { try lookUp.waitForAddresses(of: hangs, by: soon()) }
        await #expect(throws: late) { try await lookUp.addresses(of: hangs, by: soon()) }
        let task = Task { try await lookUp.addresses(of: hangs, by: .now + .seconds(60)) }
        try await eventually("it is asked") { resolver.asked.withLock { $0.count } == 3 }
        task.cancel()
        await #expect(throws: OutboundError.cancelled) { try await task.value }
    }

    @Test func `a name that hangs takes its share of the threads, and no more`() async throws {
        defer { for _ in 0..<8 { resolver.gate.signal() } }
        let lookUp = lookUp(threads: 3, waiting: 1, share: 2)
        let hangs = try host("hangs.example")
        for _ in 0..<5 {
            await #expect(throws: OutboundError.timedOut(hangs, .connecting)) {
                try await lookUp.addresses(of: hangs, by: soon())
            }
        }
        try await eventually("two of them were asked") { resolver.asked.withLock { $0.count } == 2 }
        let far = ContinuousClock.now + .seconds(60)
        #expect(try await lookUp.addresses(of: host("good.example"), by: far).count == 1)
        let unknown = try host("unknown.example")
        await #expect(throws: OutboundError.nameNotFound(unknown)) {
            try await lookUp.addresses(of: unknown, by: far)
        }
        // With all threads taken, an address still needs none.
        let other = try host("hangs-too.example")
        await #expect(throws: OutboundError.timedOut(other, .connecting)) {
            try await lookUp.addresses(of: other, by: soon())
        }
        #expect(try await lookUp.addresses(of: host("192.0.2.7"), by: far).count == 1)
    }

    @Test func `only permitted addresses are handed out`() async throws {
        let far = ContinuousClock.now + .seconds(60)
        let loopback = try HostPort(parsing: "127.0.0.1:1812")
        await #expect(throws: OutboundError.destinationRefused(loopback)) {
            try await GuardedAddress.of(loopback, egress: .guarded(allow: []), by: far)
        }
        let opened = try await GuardedAddress.of(loopback, egress: .guarded(allow: [loopback]), by: far)
        #expect(opened.map(\.text) == ["127.0.0.1"])
        let mapped = try HostPort(parsing: "[::ffff:10.0.0.5]:1812")
        await #expect(throws: OutboundError.destinationRefused(mapped)) {
            try await GuardedAddress.of(mapped, egress: .guarded(allow: []), by: far)
        }
        #expect(try await GuardedAddress.of(mapped, egress: .open, by: far).map(\.text) == ["10.0.0.5"])
    }
}
