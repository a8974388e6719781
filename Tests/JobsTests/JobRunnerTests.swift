import FoundationEssentials
import Jobs
import Kernel
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct JobRunnerTests {
    struct Failure: Error {}

    /// What handlers have seen.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    let test: TestDatabase
    let queue: JobQueue
    private let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
    private let system = SystemScope(reason: "test")

    init() async throws {
        test = try await TestDatabase(connections: 6)
        queue = JobQueue(database: test.database)
    }

    private func runner(
        node: String = "one", lease: Duration = .seconds(30), poll: Duration = .milliseconds(100),
        concurrency: Int = 4, _ handlers: [String: JobRunner.Handler]
    ) -> JobRunner {
        var settings = JobRunner.Settings()
        settings.lease = lease
        settings.pollInterval = poll
        settings.concurrency = concurrency
        settings.backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(200))
        return JobRunner(database: test.database, handlers: handlers, node: node, settings: settings, logger: quiet)
    }

    /// Runs services while `body` looks on, and ends them.
    private func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try? await service.run() } }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func enqueue(_ kind: String, _ payload: JSON = [:], maxAttempts: Int = 12, in delay: TimeInterval = 0)
        async throws
    {
        try await queue.enqueue(
            kind: kind, payload: payload, tenant: nil, runAt: Date(timeIntervalSinceNow: delay),
            maxAttempts: maxAttempts, scope: system)
    }

    @Test func `a job runs once, with its payload, as soon as it is committed`() async throws {
        let log = Log()
        let scope = try await test.makeTenant()
        try await running([
            runner(poll: .seconds(30), ["hello": { log.add("\($0.payload["n"] ?? nil) \($0.tenant == scope.tenant)") }])
        ]) {
            try await Task.sleep(for: .milliseconds(300))
            let start = ContinuousClock.now
            try await queue.enqueue(
                kind: "hello", payload: ["n": 7], tenant: scope.tenant, runAt: Date(), scope: scope)
            try await eventually("it ran") { log.all.count == 1 }
            // The queue is looked at every 30 s without a notification.
            #expect(ContinuousClock.now - start < .seconds(15))
            try await eventually("it is done") { try await queue.counts() == [.done: 1] }
        }
        #expect(log.all == ["int(7) true"])
    }

    @Test func `a failing job is tried again, later each time, until it works`() async throws {
        let log = Log()
        try await enqueue("flaky")
        try await running([
            runner([
                "flaky": { job in
                    log.add("\(job.attempt)")
                    if job.attempt < 3 { throw Failure() }
                }
            ])
        ]) {
            try await eventually("it is done") { try await queue.counts() == [.done: 1] }
        }
        #expect(log.all == ["1", "2", "3"])
    }

    @Test func `a job that never works is dead after its last attempt, and can be revived`() async throws {
        let log = Log()
        try await enqueue("bad", maxAttempts: 2)
        let bad: JobRunner.Handler = { job in
            log.add("\(job.id)")
            throw Failure()
        }
        try await running([runner(["bad": bad])]) {
            try await eventually("it is dead") { try await queue.counts() == [.dead: 1] }
        }
        #expect(log.all.count == 2)
        let id = try #require(log.all.first.flatMap { JobID($0) })
        #expect(try await queue.revive(id, at: Date()))
        #expect(try await queue.revive(id, at: Date()) == false)
        #expect(try await queue.counts() == [.waiting: 1])
    }

    @Test func `a handler may give up at once`() async throws {
        try await enqueue("hopeless")
        try await running([runner(["hopeless": { _ in throw JobFailure.giveUp("no such host") }])]) {
            try await eventually("it is dead") { try await queue.counts() == [.dead: 1] }
        }
        let reason = try await test.database.first("select last_error, attempts from jobs", in: system) { row in
            "\(try row.next(String.self)) \(try row.next(Int.self))"
        }
        #expect(reason == "no such host 1")
    }

    @Test func `a handler may say when to come again`() async throws {
        try await enqueue("busy")
        try await running([
            runner(["busy": { _ in throw JobFailure.tryAgain(after: .seconds(1000), "429") }])
        ]) {
            try await eventually("it was put off") {
                try await test.database.first(
                    "select run_at > now() + interval '900 seconds' from jobs", in: system
                ) { try $0.next(Bool.self) } == true
            }
        }
    }

    @Test func `a job is not run before its time`() async throws {
        let log = Log()
        try await enqueue("later", in: 3)
        try await running([runner(["later": { _ in log.add("ran") }])]) {
            try await Task.sleep(for: .milliseconds(400))
            #expect(log.all == [])
            try await eventually("it ran") { log.all == ["ran"] }
        }
    }

    @Test func `many runners share the work and run each job once`() async throws {
        let log = Log()
        for number in 0..<60 { try await enqueue("share", ["n": .int(Int64(number))]) }
        let handler: JobRunner.Handler = { job in
            log.add("\(job.id)")
            try await Task.sleep(for: .milliseconds(5))
        }
        try await running((0..<3).map { runner(node: "node\($0)", ["share": handler]) }) {
            try await eventually("all are done", within: .seconds(20)) { try await queue.counts() == [.done: 60] }
        }
        #expect(log.all.count == 60 && Set(log.all).count == 60)
    }

    @Test func `tenants take turns, however many jobs one of them has`() async throws {
        let (crowd, few, none) = (TenantID.new(), TenantID.new(), TenantID?.none)
        func fill(_ tenant: TenantID?, _ name: String, _ count: Int) async throws {
            for number in 0..<count {
                try await queue.enqueue(
                    kind: "work", payload: ["name": .string("\(name)\(number)")], tenant: tenant,
                    runAt: Date(timeIntervalSinceNow: Double(number - 1000)), scope: system)
            }
        }
        try await fill(crowd, "crowd", 60)
        try await fill(few, "few", 3)
        try await fill(none, "house", 3)
        let log = Log()
        let runner = runner(concurrency: 1, ["work": { job in log.add(job.payload["name"]?.text ?? "") }])
        try await running([runner]) {
            try await eventually("all is done", within: .seconds(60)) { log.all.count == 66 }
        }
        // Each tenant's oldest first, and everybody in each of the first rounds.
        for round in 0..<3 {
            #expect(
                Set(log.all[(3 * round)..<(3 * round + 3)]) == ["crowd\(round)", "few\(round)", "house\(round)"],
                "\(log.all.prefix(12))")
        }
        #expect(log.all.suffix(57) == (3..<60).map { "crowd\($0)" }[...])
    }

    @Test func `in a long queue the next tenant is the next`() async throws {
        let superuser = try await test.superuser()
        _ = try await superuser.execute(
            """
            insert into jobs (job_id, for_tenant, kind, run_at)
            select gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((i % 500)::text, 12, '0'))::uuid, 'work',
              now() - i * interval '1 second'
            from generate_series(1, 50000) i
            """)
        _ = try await superuser.execute("analyze jobs")
        let log = Log()
        let runner = runner(concurrency: 1, ["work": { job in log.add(job.tenant?.text ?? "") }])
        try await running([runner]) {
            try await eventually("some are done", within: .seconds(60)) { log.all.count >= 40 }
        }
        #expect(Set(log.all.prefix(40)).count == 40, "each of forty tenants had its turn")
    }

    @Test func `a job whose runner died is taken up by another when its lease ends`() async throws {
        let log = Log()
        try await enqueue("orphan")
        // This one dies in the middle.
        try await running([
            runner(
                node: "dead", lease: .seconds(1),
                [
                    "orphan": { _ in
                        log.add("first")
                        try await Task.sleep(for: .seconds(60))
                    }
                ])
        ]) {
            try await eventually("it started") { log.all == ["first"] }
        }
        #expect(try await queue.counts() == [.running: 1])
        try await running([runner(node: "next", ["orphan": { log.add("attempt \($0.attempt)") }])]) {
            try await eventually("it is done") { try await queue.counts() == [.done: 1] }
        }
        #expect(log.all == ["first", "attempt 2"])
    }

    @Test func `a job whose last runner died is buried`() async throws {
        try await enqueue("orphan", maxAttempts: 1)
        try await test.database.execute(
            "update jobs set state = 'running', attempts = 1, locked_until = now() - interval '1 second'", in: system)
        try await running([runner(["orphan": { _ in }])]) {
            try await eventually("it is dead") { try await queue.counts() == [.dead: 1] }
        }
    }

    @Test func `a long job keeps its lease`() async throws {
        let log = Log()
        try await enqueue("long")
        let handler: JobRunner.Handler = { job in
            log.add("attempt \(job.attempt)")
            try await Task.sleep(for: .seconds(5))
        }
        let runners = ["one", "two"].map { runner(node: $0, lease: .seconds(2), ["long": handler]) }
        try await running(runners) {
            try await eventually("it is done") { try await queue.counts() == [.done: 1] }
        }
        #expect(log.all == ["attempt 1"])
    }

    @Test func `a graceful shutdown finishes the job at hand and takes no other`() async throws {
        let log = Log()
        for _ in 0..<3 { try await enqueue("slow") }
        let runner = runner(
            concurrency: 1,
            [
                "slow": { _ in
                    log.add("start")
                    // Long enough to be seen while it runs.
                    try await Task.sleep(for: .seconds(2))
                    log.add("end")
                }
            ])
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: runner)], gracefulShutdownSignals: [], logger: quiet))
        async let run: Void = group.run()
        try await eventually("it started") { log.all == ["start"] }
        await group.triggerGracefulShutdown()
        try await run
        #expect(log.all == ["start", "end"])
        #expect(try await queue.counts() == [.done: 1, .waiting: 2])
    }

    @Test func `jobs of kinds without a handler are left for others`() async throws {
        try await enqueue("elsewhere")
        try await running([runner(["mine": { _ in }])]) {
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(try await queue.counts() == [.waiting: 1])
    }

    @Test func `old jobs are pruned`() async throws {
        try await enqueue("short")
        try await running([runner(["short": { _ in }])]) {
            try await eventually("it is done") { try await queue.counts() == [.done: 1] }
        }
        #expect(try await queue.prune(before: Date(timeIntervalSinceNow: -60)) == 0)
        #expect(try await queue.prune(before: Date(timeIntervalSinceNow: 60)) == 1)
    }

    @Test func `periodic work runs again and again, on one node at a time`() async throws {
        let log = Log()
        let services = (0..<3).map { number in
            PeriodicJob(
                name: "sweep", interval: .milliseconds(200), node: "node\(number)", database: test.database,
                logger: quiet
            ) {
                log.add("start")
                try await Task.sleep(for: .milliseconds(50))
                log.add("end")
            }
        }
        try await running(services) {
            try await eventually("it ran three times") { log.all.count(where: { $0 == "end" }) >= 3 }
        }
        let lines = log.all
        for index in stride(from: 0, to: lines.count - 1, by: 2) {
            #expect(lines[index] == "start" && lines[index + 1] == "end")
        }
        #expect(lines.count <= 40)
    }

    @Test func `periodic work that fails is done again at its next time`() async throws {
        let log = Log()
        let service = PeriodicJob(
            name: "fail", interval: .milliseconds(100), node: "one", database: test.database, logger: quiet
        ) {
            log.add("ran")
            throw Failure()
        }
        try await running([service]) {
            try await eventually("it ran twice") { log.all.count >= 2 }
        }
    }

    @Test func `periodic work that lost its lease is done when nobody holds it`() async throws {
        let log = Log()
        let service = PeriodicJob(
            name: "lost", interval: .seconds(3600), node: "one", database: test.database, logger: quiet,
            lease: .milliseconds(300)
        ) {
            log.add("ran")
            if log.all.count == 1 { try await Task.sleep(for: .seconds(3600)) }
        }
        try await running([service]) {
            try await eventually("it runs") { log.all.count == 1 }
            // Another node takes it over, and dies.
            try await test.database.execute(
                """
                update jobs set locked_by = 'another', locked_until = now() + interval '500 ms'
                where kind = 'periodic.lost'
                """, in: system)
            try await eventually("it runs again") { log.all.count == 2 }
        }
    }
}
