import Kernel
import ServiceLifecycle
import Synchronization
import Testing

@testable import Jobs

/// Work that goes on when its caller cannot wait.
@Suite struct ErrandsTests {
    private let tenant = TenantID.new()

    /// A door that work waits at; it hears nothing of being cancelled.
    private final class Door: Sendable {
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }

        func pass() async {
            while !isOpen.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
        }
    }

    private func running(_ errands: Errands, _ work: () async throws -> Void) async throws {
        let task = Task { try await errands.run() }
        defer { task.cancel() }
        try await work()
    }

    @Test func `who waits has the result, and who cannot has it done all the same`() async throws {
        let errands = Errands(places: 4, ofTenant: 4)
        let door = Door()
        let late = Mutex<[Int]>([])
        try await running(errands) {
            let quick = await errands.answer(for: tenant, within: .seconds(30)) {
                1
            } late: { _ in
                Issue.record("it was waited for")
            }
            if case .done(1) = quick {} else { Issue.record("\(quick)") }
            let slow = await errands.answer(for: tenant, within: .milliseconds(20)) {
                await door.pass()
                return 2
            } late: { result in
                late.withLock { $0.append(result) }
            }
            if case .underWay = slow {} else { Issue.record("\(slow)") }
            #expect(late.withLock { $0.isEmpty })
            door.open()
            while late.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(late.withLock { $0 } == [2])
        }
    }

    @Test func `tenants with many leave room for others`() {
        let most = TenantPlaces(places: 100, ofTenant: 20)
        #expect(most.share(with: 0) == 20 && most.share(with: 49) == 20)
        #expect(most.share(with: 50) == 5 && most.share(with: 75) == 1)
    }

    @Test func `there is room for so many, in all and of each tenant`() async throws {
        let errands = Errands(places: 8, ofTenant: 4)
        let door = Door()
        func begin(_ tenant: TenantID) async -> Bool {
            let answer = await errands.answer(for: tenant, within: .milliseconds(1)) {
                await door.pass()
            } late: { _ in
            }
            if case .refused = answer { return false }
            return true
        }
        try await running(errands) {
            for _ in 0..<4 { #expect(await begin(tenant)) }
            #expect(await !begin(tenant), "a tenant has four")
            let second = TenantID.new()
            #expect(await begin(second))
            #expect(await !begin(second), "half is taken: a quarter of a share is one")
            // Whoever has none finds a place as long as there is one.
            for _ in 0..<3 { #expect(await begin(TenantID.new())) }
            #expect(await !begin(TenantID.new()), "there are eight")
            door.open()
            while await !begin(tenant) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `a caller who goes away takes nothing along, and an end waits for what has begun`() async throws {
        let errands = Errands(places: 4, ofTenant: 4)
        let door = Door()
        let begun = Mutex(false)
        let done = Mutex(false)
        let service = Task { try await errands.run() }
        let caller = Task { [tenant] in
            await errands.answer(for: tenant, within: .seconds(60)) {
                begun.withLock { $0 = true }
                await door.pass()
            } late: { _ in
                done.withLock { $0 = true }
            }
        }
        while !begun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        caller.cancel()
        if case .underWay = await caller.value {} else { Issue.record("it was waited for") }
        service.cancel()
        door.open()
        _ = await service.result
        #expect(done.withLock { $0 })
    }
}
