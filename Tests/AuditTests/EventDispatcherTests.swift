import Audit
import FoundationEssentials
import Kernel
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct EventDispatcherTests {
    struct Failure: Error {}

    /// What subscribers have heard.
    final class Heard: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// Nobody passes before it is open.
    final class Gate: Sendable {
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }

        func passage() async throws {
            while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    let test: TestDatabase
    private let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }

    init() async throws {
        test = try await TestDatabase(connections: 6)
    }

    private func publish(_ types: String..., in scope: TenantScope) async throws {
        try await test.database.transaction(in: scope) { transaction in
            for type in types {
                try await Outbox().publish(
                    DomainEvent(type: type, subject: "s", data: ["n": 1], at: Date()), in: scope, transaction)
            }
        }
    }

    private func dispatcher(maxAttempts: Int = 16, _ subscribers: EventSubscriber...) -> EventDispatcher {
        var settings = EventDispatcher.Settings()
        settings.pollInterval = .milliseconds(100)
        settings.firstDelay = .milliseconds(30)
        settings.longestDelay = .milliseconds(100)
        settings.maxAttempts = maxAttempts
        return EventDispatcher(
            database: test.database, subscribers: subscribers, settings: settings, logger: quiet)
    }

    private func running(_ dispatchers: [EventDispatcher], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for dispatcher in dispatchers { group.addTask { try? await dispatcher.run() } }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test func `every subscriber hears what it wants, with scope and data`() async throws {
        let scope = try await test.makeTenant()
        let all = Heard(), tickets = Heard(), one = Heard()
        try await running([
            dispatcher(
                EventSubscriber("all") { all.add("\($1.type) \($0 == scope) \($1.data == ["n": 1])") },
                EventSubscriber("tickets", types: ["ticket.*"]) { tickets.add($1.type) },
                EventSubscriber("one", types: ["asset.added"]) { one.add($1.type) })
        ]) {
            try await publish("ticket.opened", "asset.added", "ticketing.odd", in: scope)
            try await eventually("all are heard") { all.all.count == 3 }
        }
        #expect(all.all.first == "ticket.opened true true")
        #expect(tickets.all == ["ticket.opened"])
        #expect(one.all == ["asset.added"])
    }

    @Test func `an event that was undone is not heard`() async throws {
        let scope = try await test.makeTenant()
        let heard = Heard()
        try await running([dispatcher(EventSubscriber("all") { heard.add($1.type) })]) {
            try? await test.database.transaction(in: scope) { transaction in
                try await Outbox().publish(
                    DomainEvent(type: "a.undone", subject: "s", at: Date()), in: scope, transaction)
                throw Failure()
            }
            try await publish("a.done", in: scope)
            try await eventually("it is heard") { heard.all.count == 1 }
        }
        #expect(heard.all == ["a.done"])
    }

    @Test func `an event of one tenant in the scope of another is refused`() async throws {
        let scope = try await test.makeTenant(), other = try await test.makeTenant()
        let error = await #expect(throws: DatabaseError.self) {
            try await test.database.transaction(in: other) { transaction in
                try await Outbox().publish(
                    DomainEvent(type: "a.done", subject: "s", at: Date()), in: scope, transaction)
            }
        }
        #expect(error?.sqlState == "42501")
        let kept = try await test.superuser().query("select count(*) from events") { try $0.next(Int.self) }
        #expect(kept == [0])
    }

    @Test func `events of one tenant are heard in order, though one fails at first`() async throws {
        let scope = try await test.makeTenant(), other = try await test.makeTenant()
        let heard = Heard(), failures = Heard()
        try await publish("a.one", "a.two", "a.three", in: scope)
        try await publish("b.one", "b.two", in: other)
        try await running([
            dispatcher(
                EventSubscriber("picky") { _, event in
                    if event.type == "a.one", failures.all.count < 3 {
                        failures.add(event.type)
                        throw Failure()
                    }
                    heard.add(event.type)
                })
        ]) {
            try await eventually("all are heard") { heard.all.count == 5 }
        }
        #expect(heard.all.filter { $0.hasPrefix("a") } == ["a.one", "a.two", "a.three"])
        #expect(heard.all.filter { $0.hasPrefix("b") } == ["b.one", "b.two"])
        // The other tenant did not wait.
        #expect(heard.all.first?.hasPrefix("b") == true)
    }

    @Test func `an event that nobody can take is set aside, and those after it go on`() async throws {
        let scope = try await test.makeTenant()
        let heard = Heard()
        try await publish("a.bad", "a.good", in: scope)
        try await running([
            dispatcher(
                maxAttempts: 2,
                EventSubscriber("picky") { _, event in
                    heard.add(event.type)
                    if event.type == "a.bad" { throw Failure() }
                })
        ]) {
            try await eventually("the good one is heard") { heard.all.last == "a.good" }
        }
        #expect(heard.all == ["a.bad", "a.bad", "a.good"])
        let errors = try await test.database.query(
            "select last_error from events where dead_at is not null", in: SystemScope(reason: "test")
        ) { try $0.next(String.self) }
        #expect(errors == ["picky: Failure()"])
    }

    @Test func `several dispatchers bring each event once and keep the order`() async throws {
        let scopes = [try await test.makeTenant(), try await test.makeTenant(), try await test.makeTenant()]
        let heard = Heard()
        let names = scopes.map { $0.tenant.text }
        let subscriber = EventSubscriber("all") { heard.add("\($0.tenant.text) \($1.type)") }
        try await running((0..<3).map { _ in dispatcher(subscriber) }) {
            for number in 0..<20 {
                for scope in scopes { try await publish("n.\(100 + number)", in: scope) }
            }
            try await eventually("all are heard", within: .seconds(20)) { heard.all.count >= 60 }
        }
        for name in names {
            let types = heard.all.filter { $0.hasPrefix(name) }
            #expect(types == (0..<20).map { "\(name) n.\(100 + $0)" })
        }
    }

    @Test func `a long line of one tenant costs little for each, and holds up nobody else`() async throws {
        let scope = try await test.makeTenant(), other = try await test.makeTenant()
        let long = (0..<20_000).map { DomainEvent(type: "n.\($0)", subject: "s", at: Date()) }
        try await test.database.transaction(in: scope) { try await Outbox().publish(long, in: scope, $0) }
        try await publish("b.one", in: other)
        let heard = Heard(), before = Heard()
        try await running([
            dispatcher(
                EventSubscriber("all") { scope, event in
                    if scope == other { before.add("\(heard.all.count)") }
                    heard.add(event.type)
                })
        ]) {
            // Whoever went through the whole line for each of them would be at it for hours.
            try await eventually("all are heard", within: .seconds(200)) { heard.all.count > long.count }
        }
        #expect(heard.all.filter { $0 != "b.one" } == long.map(\.type))
        #expect(before.all.compactMap { Int($0) }.allSatisfy { $0 < 1000 } && before.all.count == 1)
    }

    @Test func `what is urgent waits for nothing, and what fails before or beside it holds nothing up`() async throws {
        let scope = try await test.makeTenant()
        let heard = Heard()
        try await publish("a.stuck", "a.behind", in: scope)
        try await running([
            dispatcher(
                EventSubscriber("picky") { _, event in
                    if ["a.stuck", "a.urgent-and-bad"].contains(event.type) { throw Failure() }
                    heard.add(event.type)
                })
        ]) {
            try await test.database.transaction(in: scope) { transaction in
                for type in ["a.urgent-and-bad", "a.urgent"] {
                    try await Outbox().publish(
                        DomainEvent(type: type, subject: "s", at: Date(), isUrgent: true), in: scope, transaction)
                }
            }
            try await eventually("the urgent one is heard") { heard.all == ["a.urgent"] }
        }
        #expect(heard.all == ["a.urgent"])
    }

    @Test func `urgent events of one tenant that hang leave places for those of another`() async throws {
        let scope = try await test.makeTenant(), other = try await test.makeTenant()
        let heard = Heard(), gate = Gate()
        func publish(_ count: Int, in scope: TenantScope) async throws {
            let events = (0..<count).map {
                DomainEvent(type: "a.urgent\($0)", subject: "s", at: Date(), isUrgent: true)
            }
            try await test.database.transaction(in: scope) { try await Outbox().publish(events, in: scope, $0) }
        }
        try await publish(100, in: scope)
        try await running([
            dispatcher(
                EventSubscriber("slow") { of, event in
                    if of == scope { try await gate.passage() }
                    heard.add(of == scope ? "hanging" : "other")
                })
        ]) {
            try await publish(20, in: other)
            try await eventually("the other's are heard") { heard.all.count == 20 }
            #expect(heard.all == Array(repeating: "other", count: 20))
            gate.open()
            try await eventually("all are heard", within: .seconds(30)) { heard.all.count == 120 }
        }
    }

    @Test func `an event that was begun before others and committed after them makes none of them come twice`()
        async throws
    {
        let scope = try await test.makeTenant(), other = try await test.makeTenant()
        let heard = Heard(), begun = Gate(), late = Gate(), slow = Gate(), started = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [test] in
                try await test.database.transaction(in: scope) { transaction in
                    try await Outbox().publish(
                        DomainEvent(type: "a.late", subject: "s", at: Date()), in: scope, transaction)
                    _ = try await transaction.first("select 1") { try $0.next(Int.self) }
                    begun.open()
                    try await late.passage()
                }
            }
            try await begun.passage()
            try await publish("a.one", "a.two", "a.three", in: scope)
            try await running([
                dispatcher(
                    EventSubscriber("slow") { _, event in
                        if event.type == "a.one" {
                            started.open()
                            try await slow.passage()
                        }
                        heard.add(event.type)
                    })
            ]) {
                try await started.passage()
                late.open()
                try await group.waitForAll()
                // Who brings these has looked for more since.
                for number in 1...3 {
                    try await publish("b.\(number)", in: other)
                    try await eventually("the other's is heard") { heard.all.count == number }
                }
                #expect(heard.all == ["b.1", "b.2", "b.3"])
                slow.open()
                try await eventually("all are heard") { heard.all.count == 7 }
            }
        }
        #expect(heard.all.sorted() == ["a.late", "a.one", "a.three", "a.two", "b.1", "b.2", "b.3"])
    }

    @Test func `events that were taken together and not tried have used up no attempt`() async throws {
        let scope = try await test.makeTenant()
        let tries = Heard()
        try await publish("a.bad", "a.good", in: scope)
        try await running([
            dispatcher(
                EventSubscriber("picky") { _, event in
                    tries.add(event.type)
                    throw Failure()
                })
        ]) {
            try await eventually("it was tried often") { tries.all.count > 3 }
        }
        let attempts = try await test.database.query(
            "select attempts from events where type = 'a.good'", in: SystemScope(reason: "test")
        ) { try $0.next(Int.self) }
        #expect(tries.all.allSatisfy { $0 == "a.bad" } && attempts.allSatisfy { $0 <= 1 })
    }

    @Test func `delivered events are pruned`() async throws {
        let scope = try await test.makeTenant()
        let heard = Heard()
        let dispatcher = dispatcher(EventSubscriber("all") { heard.add($1.type) })
        try await publish("a.one", in: scope)
        try await running([dispatcher]) {
            let left: SQL = "select count(*) from events where dispatched_at is null"
            try await eventually("it is delivered") {
                try await test.database.first(left, in: scope) { try $0.next(Int.self) } == 0
            }
        }
        #expect(try await dispatcher.prune(before: Date(timeIntervalSinceNow: -60)) == 0)
        #expect(try await dispatcher.prune(before: Date(timeIntervalSinceNow: 60)) == 1)
    }
}
