import HTTPAPI
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import ControlPlane

/// A call that is ready to be made.
typealias ReadyCall = () async throws -> Answer

/// Somebody who calls the operations of one of the product's interfaces, each as often as one likes.
protocol Caller {
    var operations: [HTTPAPI.Operation] { get }
    /// Whether answers name other tenants by right.
    var seesTenants: Bool { get }

    /// Makes ready what a call uses up, and returns the call itself; nil where a test cannot have one. Its path names
    /// things of the other household, if one is given; nil if it then names nothing.
    func prepare(_ operation: HTTPAPI.Operation, naming other: Household?) async throws -> ReadyCall?
}

/// Every store call that a request makes, run once without its scope and once in another tenant's: as if whoever wrote it
/// had made the mistake that this product may not survive. The database or the answer must show it each time.
struct ScopeMutations {
    struct Tally {
        var places = 0
        var served = 0
        var refused = 0
        var empty = 0
        var foreign = 0
        var missed: [String] = []
    }

    /// Statements that run without a scope as well, and why; reviewed when somebody adds one.
    private static let harmless: [(start: String, reason: String)] = [
        ("select pg_advisory_xact_lock(", "a lock touches no row, and its name holds the tenant"),
        ("select pg_notify(", "a message touches no row, and its text holds the tenant"),
        ("insert into worker_events ", "a word to a worker, sent in the scope of whatever ends its sessions"),
        ("select q.zone, q.at, q.ahead from (", "what clocks of time zones show, from no table of ours"),
    ]

    /// Tables in which background work of the victim goes on.
    private static let moving: Set<String> = [
        "events", "webhook_deliveries", "webhook_attempts", "webhooks", "audit_events", "usage_events",
        "service_levels", "tenant_quotas", "usage_rollups", "announcements", "notice_rounds",
    ]

    /// A statement of the product, and an operation in which it runs.
    private struct Place {
        let text: String
        let operation: HTTPAPI.Operation
        let scope: Tampering.Scope
    }

    private let caller: any Caller
    private let tampering: Tampering
    private let planner: TenantPlanner
    private let victim: Household
    private let foreign: ForeignRows
    private var tally = Tally()

    /// Statements of the caller are put into the scope of the victim; `own` is a household that is not the victim's.
    init(of caller: any Caller, against victim: Household, notOf own: Household) async throws {
        let installation = victim.person.installation
        self.caller = caller
        self.victim = victim
        tampering = try #require(installation.proxy?.tampering)
        planner = try await TenantPlanner(installation.test.superuser())
        foreign = try await ForeignRows(of: victim, notOf: own)
    }

    mutating func run() async throws -> Tally {
        let before = try await victim.rows(but: Self.moving)
        for place in try await places() {
            try await drop(place)
            guard case .tenant = place.scope else { continue }
            // Statements that are put together of parts are seen whole only here.
            let wrong = try await planner.tablesWithoutTenant(place.text)
            #expect(wrong.isEmpty, "\(place.operation.name) does not say whose \(wrong) it means: \(place.text)")
            try await exchange(place)
        }
        // Nothing that was written went to the other tenant.
        let after = try await victim.rows(but: Self.moving)
        for (table, rows) in before {
            let lines = Set(rows.split(separator: "\n"))
            let others = (after[table] ?? "").split(separator: "\n").filter { !lines.contains($0) }
            #expect(after[table]?.elementsEqual(rows) == true, "\(table) of the other tenant: \(others.prefix(3))")
        }
        print(
            """
            scope mutations: \(tally.places) statements in \(tally.served) operations; without a scope \(tally.refused) \
            were refused and \(tally.empty) found nothing; in another's scope \(tally.foreign) found nothing; \
            \(tally.missed.count) were not reached again
            """)
        for line in tally.missed { print("  not reached: \(line)") }
        return tally
    }

    /// All operations in turn, each served once, and for each statement the operation that is best to call again.
    private mutating func places() async throws -> [Place] {
        // What background work asks all the time belongs to no operation.
        let idle = try await tampering.statements { try await Task.sleep(for: .seconds(2)) }
        var places: [String: Place] = [:]
        for operation in caller.operations {
            guard let call = try await caller.prepare(operation, naming: nil) else { continue }
            var status = 0
            let statements = try await tampering.statements { status = try await call().status }
            if (200...299).contains(status) { tally.served += 1 }
            // A setting of the transaction touches no row.
            for (text, scope) in statements where idle[text] == nil && !text.hasPrefix("set local ") {
                if let known = places[text], Self.cost(known.operation) <= Self.cost(operation) { continue }
                places[text] = Place(text: text, operation: operation, scope: scope)
            }
        }
        tally.places = places.count
        return places.values.sorted { $0.text < $1.text }
    }

    private static func cost(_ operation: HTTPAPI.Operation) -> Int {
        (operation.rate == .standard ? 0 : 10) + (operation.method == .get ? 0 : 1)
    }

    /// Without a scope there is an error, or no row.
    private mutating func drop(_ place: Place) async throws {
        guard let (answer, runs) = try await reach(place, .dropped, naming: nil) else {
            tally.missed.append("\(place.operation.name): \(place.text)")
            return
        }
        let isHarmless = isHarmless(place)
        #expect(isQuiet(answer), "\(place.operation.name) without a scope: \(place.text)")
        for run in runs {
            let isQuiet = run.rows.isEmpty && run.written == 0
            #expect(
                run.sqlState != nil || isQuiet || isHarmless,
                "\(place.operation.name) does it without a scope: \(place.text)")
        }
        if runs.contains(where: { $0.sqlState != nil }) { tally.refused += 1 } else { tally.empty += 1 }
    }

    /// In another tenant's scope nothing of that tenant is found, by one's own ids and by the other's, and nothing written.
    private mutating func exchange(_ place: Place) async throws {
        var isReached = false
        for other in [nil, victim] {
            guard let (answer, runs) = try await reach(place, .foreign(foreign.tenant), naming: other) else { continue }
            isReached = true
            // One's own trail holds the ids that one tried.
            #expect(
                place.operation.group == "audit" || isQuiet(answer),
                "\(place.operation.name) shows another's: \(place.text)")
            // What an insert inside of another statement gives back, it has written.
            let writesInside = place.text.hasPrefix("with ") && place.text.contains("insert into ")
            for run in runs {
                let found = foreign.found(in: run.rows)
                #expect(found.isEmpty, "\(place.operation.name) reads another's \(found): \(place.text)")
                let isWritten = run.written > 0 || (writesInside && run.sqlState == nil && !run.rows.isEmpty)
                #expect(
                    !isWritten || isHarmless(place), "\(place.operation.name) writes in another's scope: \(place.text)")
            }
        }
        if isReached { tally.foreign += 1 } else { tally.missed.append("\(place.operation.name): \(place.text)") }
    }

    private func isHarmless(_ place: Place) -> Bool {
        Self.harmless.contains { place.text.hasPrefix($0.start) }
    }

    private func isQuiet(_ answer: Answer) -> Bool {
        caller.seesTenants || foreign.found(in: answer.text).isEmpty
    }

    /// Calls while the scope is changed; nil if it did not come to the statement, twice.
    private func reach(
        _ place: Place, _ change: ScopeChange, naming other: Household?
    ) async throws -> (Answer, [TamperedRun])? {
        for _ in 0..<2 {
            guard let call = try await caller.prepare(place.operation, naming: other) else { return nil }
            let (answer, runs) = try await tampering.change(change, of: place.text) { try await call() }
            if !runs.isEmpty { return (answer, runs) }
        }
        return nil
    }
}

/// A tenant's administrator.
extension Household: Caller {
    var operations: [HTTPAPI.Operation] { Catalogue.tenant }
    var seesTenants: Bool { false }

    func prepare(_ operation: HTTPAPI.Operation, naming other: Household?) async throws -> ReadyCall? {
        guard var request = try await request(for: operation) else { return nil }
        if let other {
            guard operation.path.contains("{"), let path = other.path(of: CrossTenantTests.path(operation.path)) else {
                return nil
            }
            request = ValidRequest(method: request.method, path: path, body: request.body, version: request.version)
        }
        let ready = request
        return { [person] in
            try await person.call(ready.method, ready.path, ready.body, version: ready.version)
        }
    }
}
