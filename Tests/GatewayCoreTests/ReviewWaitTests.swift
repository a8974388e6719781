import GatewayContract
import GatewayCore
import Kernel
import Logging
import Synchronization
import Testing

/// What is due for somebody who waits, by the clock that they are given.
@Suite struct ReviewWaitTests {
    private let start = ContinuousClock.now
    private var pace: ReviewWait.Pace {
        var pace = ReviewWait.Pace()
        pace.greeting = .seconds(20)
        pace.asking = .seconds(300) ... .seconds(300)
        pace.again = .seconds(5) ... .seconds(60)
        pace.longest = .seconds(900)
        return pace
    }
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `the client is greeted again and again, and the control plane is asked seldom`() {
        var wait = ReviewWait(at: start, pace: pace)
        var (greetings, questions) = (0, [Double]())
        var now = 0.0
        while true {
            switch wait.turn(at: at(now)) {
            case .greet:
                wait.greeted(at: at(now))
                greetings += 1
            case .ask:
                wait.ask()
                wait.isOpen(at: at(now))
                questions.append(now)
            case .rest(let until):
                #expect(until > at(now))
                now += 1
            case .giveUp:
                #expect(now == 900)
                #expect(questions == [300, 600])
                #expect(greetings == 44)
                return
            }
        }
    }

    @Test func `a call is followed at once, once, and one that comes during a question is not lost`() {
        var wait = ReviewWait(at: start, pace: pace)
        #expect(wait.turn(at: at(1)) == .rest(until: at(20)))
        wait.call()
        wait.call()
        #expect(wait.turn(at: at(1)) == .ask)
        wait.ask()
        wait.call()
        wait.isOpen(at: at(2))
        #expect(wait.turn(at: at(2)) == .ask)
        wait.ask()
        wait.isOpen(at: at(3))
        #expect(wait.turn(at: at(3)) == .rest(until: at(20)))
    }

    @Test func `what is not answered is asked again later and later, whoever calls meanwhile`() {
        var wait = ReviewWait(at: start, pace: pace)
        var now = 1.0
        var pauses: [Double] = []
        for _ in 0..<8 {
            wait.call()
            wait.ask()
            wait.failed(at: at(now))
            wait.call()
            let begun = now
            while wait.turn(at: at(now)) != .ask, now < 890 {
                if wait.turn(at: at(now)) == .greet { wait.greeted(at: at(now)) }
                now += 0.25
            }
            pauses.append(now - begun)
        }
        for (pause, least) in zip(pauses, [5, 10, 20, 40, 60, 60, 60, 60] as [Double]) {
            #expect((least...(least * 1.25 + 0.25)).contains(pause), "\(pauses)")
        }
        // It is answered again: calls count.
        wait.ask()
        wait.isOpen(at: at(now))
        wait.call()
        #expect(wait.turn(at: at(now)) == .ask)
        // The control plane says when it may be asked.
        wait.failed(at: at(now), notBefore: .seconds(30))
        #expect(wait.turn(at: at(now + 29)) != .ask)
        #expect(wait.turn(at: at(now + 30)) == .ask)
    }
}

@Suite struct DecisionWaitsTests {
    @Test func `so many wait, and so many of one company, and a place is free again when one leaves`() throws {
        let waits = DecisionWaits(limits: .init(all: 3, ofOneTenant: 2))
        let one = DecisionWaits.Subject.signIn(.new())
        let place = try #require(waits.add(one, of: "acme") {})
        #expect(waits.add(.request(.new()), of: "acme") {} != nil)
        #expect(waits.add(.signIn(.new()), of: "acme") {} == nil)
        #expect(waits.add(.signIn(.new()), of: "bolt") {} != nil)
        #expect(waits.add(.signIn(.new()), of: "bolt") {} == nil)
        waits.remove(place, of: one)
        waits.remove(place, of: one)
        #expect(waits.count == 2)
        #expect(waits.add(one, of: "acme") {} != nil)
        #expect(waits.add(one, of: "acme") {} == nil)
    }

    @Test func `two companies that take all they can leave places to others`() throws {
        let waits = DecisionWaits(limits: .init(all: 50, ofOneTenant: 25))
        func add(_ tenant: String) -> Bool { waits.add(.signIn(.new()), of: tenant) {} != nil }
        let taken = ["acme", "bolt"].map { tenant in (0..<60).count { _ in add(tenant) } }
        #expect(taken == [25, 15])
        #expect(add("core") && !add("core"))
        #expect(add("dent") && !add("bolt"))
    }

    @Test func `a word wakes those whom it is about, and no request is a sign-in`() throws {
        let waits = DecisionWaits()
        let woken = Mutex<[String]>([])
        let (ticket, admission) = (TicketID.new(), AdmissionID.new())
        for (name, subject) in [
            ("ticket", .request(ticket)), ("again", .request(ticket)), ("admission", .signIn(admission)),
            ("other", .signIn(.new())),
        ] as [(String, DecisionWaits.Subject)] {
            _ = try #require(waits.add(subject, of: "acme") { woken.withLock { $0.append(name) } })
        }
        waits.call(.request(ticket))
        #expect(Set(woken.withLock { $0 }) == ["ticket", "again"])
        waits.call(.signIn(admission))
        #expect(woken.withLock { $0 }.count == 3 && woken.withLock { $0.last } == "admission")
        #expect(Set(waits.signIns).contains(admission) && waits.signIns.count == 2)
    }

    @Test func `thousands who are called at once ask a few at a time`() async throws {
        let (waits, tally) = (DecisionWaits(limits: .init(asking: 4)), Tally())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask { [waits, tally] in
                    _ = await waits.ask(for: number % 2 == 0 ? "acme" : "bolt", tally.work)
                }
            }
        }
        #expect(tally.figures.done == 1000)
        #expect(tally.figures.most <= 4)
    }

    /// How many are at work at once.
    private final class Tally: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))
        var figures: (now: Int, most: Int, done: Int) { state.withLock { $0 } }

        @Sendable func work() async {
            state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.done) }
            await Task.yield()
            state.withLock { $0 = ($0.now - 1, $0.most, $0.done + 1) }
        }
    }

    @Test func `all who wait are told of, a thousand in a call, and a call that fails keeps no other from it`() async {
        let waits = DecisionWaits()
        let called = Mutex(0)
        let people = (0..<2500).map { _ in AdmissionID.new() }
        for person in people { _ = waits.add(.signIn(person), of: "acme") { called.withLock { $0 += 1 } } }
        _ = waits.add(.request(.new()), of: "bolt") { called.withLock { $0 += 1 } }
        let lists = Mutex<[[AdmissionID]]>([])
        var plane = ControlPlane.silent
        plane.waiting = { list throws(ControlPlaneError) in
            let number = lists.withLock { lists in
                lists.append(list.admissions)
                return lists.count
            }
            if number == 2 { throw .unreachable("away") }
            return WaitingNews(admissions: Array(list.admissions.prefix(3)) + [.new()])
        }
        await WaitKeeper(
            controlPlane: plane, waits: waits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).look()
        #expect(lists.withLock { $0 }.map(\.count).sorted(by: >) == [1000, 1000, 500])
        #expect(Set(lists.withLock { $0 }.joined()) == Set(people))
        #expect(called.withLock { $0 } == 6)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a call that is not answered makes no other one late`() async {
        let waits = DecisionWaits()
        for _ in 0..<2500 { _ = waits.add(.signIn(.new()), of: "acme") {} }
        let begun = Mutex(0)
        var plane = ControlPlane.silent
        plane.waiting = { _ throws(ControlPlaneError) in
            begun.withLock { $0 += 1 }
            // Until all have been told of, or for good.
            while begun.withLock({ $0 }) < 3 { await Task.yield() }
            return WaitingNews(admissions: [])
        }
        await WaitKeeper(
            controlPlane: plane, waits: waits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).look()
        #expect(begun.withLock { $0 } == 3)
    }
}
