import FoundationEssentials
import Kernel
import Testing

@testable import Tickets

@Suite struct WaitingRoomTests {
    @Test func `whoever comes again is known until there is news`() async throws {
        let room = WaitingRoom(limits: .init())
        let (ticket, tenant, now) = (TicketID.new(), TenantID.new(), Date())
        room.keep("bob", for: ticket, of: tenant, until: now + 60)
        #expect(room.place("bob", at: now)?.ticket == ticket)
        #expect(room.place("bob", at: now + 60) == nil && room.place("eve", at: now) == nil)
        room.wake(all: .new(), at: .now)
        #expect(room.place("bob", at: now) != nil)
        room.wake(all: tenant, at: .now)
        #expect(room.place("bob", at: now) == nil)
        room.keep("bob", for: ticket, of: tenant, until: now + 60)
        room.wake(ticket, at: ContinuousClock.now)
        #expect(room.place("bob", at: now) == nil)
        // The word came between the question and the wait.
        #expect(await room.wait(for: ticket, of: tenant, from: nil, until: .now + .seconds(60)) == .woken)
        room.close()
        #expect(await room.wait(for: .new(), of: tenant, from: nil, until: .now + .seconds(60)) == .timeIsUp)
    }

    @Test func `of those who wait for one request the first goes when there are too many`() async throws {
        var limits = WaitingRoom.Limits()
        limits.fromOneAddress = 3
        let room = WaitingRoom(limits: limits)
        let (ticket, tenant) = (TicketID.new(), TenantID.new())
        await withTaskGroup(of: WaitingRoom.Waking.self) { group in
            @Sendable func wait(for ticket: TicketID) async -> WaitingRoom.Waking {
                await room.wait(for: ticket, of: tenant, from: "192.0.2.1", until: .now + .seconds(60))
            }
            for _ in 0..<3 { group.addTask { await wait(for: ticket) } }
            #expect(await group.next() == .timeIsUp)
            #expect(room.count == 2)
            group.addTask { await wait(for: .new()) }
            while room.count < 3 { await Task.yield() }
            #expect(await wait(for: .new()) == .crowded)
            room.release(at: .now + .seconds(61))
            for _ in 0..<3 { #expect(await group.next() == .timeIsUp) }
            #expect(room.count == 0)
        }
    }

    @Test func `a word to a whole company that comes between the question and the wait is heard`() async throws {
        let room = WaitingRoom(limits: .init())
        let (ticket, tenant, now) = (TicketID.new(), TenantID.new(), Date())
        let asked = ContinuousClock.now
        @Sendable func wait(of tenant: TenantID, since: ContinuousClock.Instant) async -> WaitingRoom.Waking {
            await room.wait(for: ticket, of: tenant, from: nil, since: since, until: .now + .seconds(60))
        }
        room.wake(all: tenant, at: asked + .milliseconds(1))
        #expect(await wait(of: tenant, since: asked) == .woken)
        room.keep("bob", for: ticket, of: tenant, since: asked, until: now + 60)
        #expect(room.place("bob", at: now) == nil)
        // Whoever asked later waits, and so does another company.
        await withTaskGroup(of: WaitingRoom.Waking.self) { group in
            group.addTask { await wait(of: tenant, since: asked + .milliseconds(2)) }
            group.addTask { await wait(of: .new(), since: asked) }
            while room.count < 2 { await Task.yield() }
            room.close()
            for await waking in group { #expect(waking == .timeIsUp) }
        }
        room.release(at: asked + .seconds(31))
    }

    @Test func `two companies that fill a node leave places to a third`() async throws {
        var limits = WaitingRoom.Limits()
        limits.places = SharedPlaces(all: 20, ofOne: 10)
        let room = WaitingRoom(limits: limits)
        @Sendable func wait(_ tenant: TenantID) async -> WaitingRoom.Waking {
            await room.wait(for: .new(), of: tenant, from: nil, until: .now + .seconds(60))
        }
        let companies = [TenantID.new(), .new()]
        await withTaskGroup(of: WaitingRoom.Waking.self) { group in
            for company in companies { for _ in 0..<12 { group.addTask { await wait(company) } } }
            for _ in 0..<8 { #expect(await group.next() == .crowded) }
            #expect(room.count == 16)
            group.addTask { await wait(.new()) }
            while room.count < 17 { await Task.yield() }
            room.close()
            await group.waitForAll()
        }
    }
}
