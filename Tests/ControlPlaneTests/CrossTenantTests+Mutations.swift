import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Every store call that a request makes, run once without its scope and once in another tenant's: as if whoever wrote it
/// had made the mistake that this product may not survive. The database or the answer must show it each time.
extension CrossTenantTests {
    /// Statements that run without a scope as well, and why; reviewed when somebody adds one.
    private static let harmless: [(start: String, reason: String)] = [
        ("select pg_advisory_xact_lock(", "a lock touches no row, and its name holds the tenant"),
        ("select pg_notify(", "a message touches no row, and its text holds the tenant"),
    ]

    /// Statements that write to the tenant of the scope, whichever it is, and why.
    private static let scopedBySetting: [(start: String, reason: String)] = [
        ("insert into audit_events ", "the trail is that of the scope in which something is done")
    ]

    /// Tables in which background work of the victim goes on.
    private static let moving: Set<String> = [
        "events", "webhook_deliveries", "webhooks", "audit_events", "usage_events", "service_levels", "tenant_quotas",
    ]

    /// A statement of the product, and an operation in which it runs.
    private struct Place {
        let text: String
        let operation: HTTPAPI.Operation
        let scope: Tampering.Scope
    }

    @Test func `no store call shows or changes anything in a wrong scope`() async throws {
        let installation = try await Installation(tampered: true)
        let tampering = try #require(installation.proxy?.tampering)
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let foreign = try await ForeignRows(of: acme, notOf: bolt)
        let before = try await acme.rows(but: Self.moving)

        let (places, served) = try await Self.places(of: bolt, tampering)
        let planner = try await TenantPlanner(installation.test.superuser())
        var tally = Tally()
        for place in places {
            try await Self.drop(place, bolt, foreign, tampering, &tally)
            guard case .tenant = place.scope else { continue }
            // Statements that are put together of parts are seen whole only here.
            let wrong = try await planner.tablesWithoutTenant(place.text)
            #expect(wrong.isEmpty, "\(place.operation.name) does not say whose \(wrong) it means: \(place.text)")
            try await Self.exchange(place, bolt, acme, foreign, tampering, &tally)
        }
        // Nothing that was written went to the other tenant.
        let after = try await acme.rows(but: Self.moving)
        for (table, rows) in before {
            #expect(after[table]?.elementsEqual(rows) == true, "\(table) of the other tenant")
        }
        print(
            """
            scope mutations: \(places.count) statements in \(served) operations; without a scope \(tally.refused) were \
            refused and \(tally.empty) found nothing; in another's scope \(tally.foreign) found nothing; \
            \(tally.missed.count) were not reached again
            """)
        for line in tally.missed { print("  not reached: \(line)") }
        #expect(tally.refused + tally.empty >= 100 && tally.foreign >= 80)
        #expect(served > 70)
    }

    private struct Tally {
        var refused = 0
        var empty = 0
        var foreign = 0
        var missed: [String] = []
    }

    /// All operations in turn, each served once, and for each statement the operation that is best to call again.
    private static func places(of house: Household, _ tampering: Tampering) async throws -> ([Place], served: Int) {
        // What background work asks all the time belongs to no operation.
        let idle = try await tampering.statements { try await Task.sleep(for: .seconds(2)) }
        var places: [String: Place] = [:]
        var served = 0
        for operation in Catalogue.tenant {
            guard let request = try await house.request(for: operation) else { continue }
            var status = 0
            let statements = try await tampering.statements {
                status = try await house.send(request).status
            }
            if (200...299).contains(status) { served += 1 }
            for (text, scope) in statements where idle[text] == nil {
                if let known = places[text], cost(known.operation) <= cost(operation) { continue }
                places[text] = Place(text: text, operation: operation, scope: scope)
            }
        }
        return (places.values.sorted { $0.text < $1.text }, served)
    }

    private static func cost(_ operation: HTTPAPI.Operation) -> Int {
        (operation.rate == .standard ? 0 : 10) + (operation.method == .get ? 0 : 1)
    }

    /// Without a scope there is an error, or no row.
    private static func drop(
        _ place: Place, _ house: Household, _ foreign: ForeignRows, _ tampering: Tampering, _ tally: inout Tally
    ) async throws {
        guard let (answer, runs) = try await run(.dropped, place, house, house, tampering) else {
            tally.missed.append("\(place.operation.name): \(place.text)")
            return
        }
        let isHarmless = harmless.contains { place.text.hasPrefix($0.start) }
        #expect(foreign.found(in: answer.text).isEmpty, "\(place.operation.name) without a scope: \(place.text)")
        for run in runs {
            let isQuiet = run.rows.isEmpty && run.written == 0
            #expect(
                run.sqlState != nil || isQuiet || isHarmless,
                "\(place.operation.name) does it without a scope: \(place.text)")
        }
        if runs.contains(where: { $0.sqlState != nil }) { tally.refused += 1 } else { tally.empty += 1 }
    }

    /// In another tenant's scope nothing of that tenant is found, by one's own ids and by the other's, and nothing written.
    private static func exchange(
        _ place: Place, _ house: Household, _ other: Household, _ foreign: ForeignRows, _ tampering: Tampering,
        _ tally: inout Tally
    ) async throws {
        var isReached = false
        for ids in place.operation.path.contains("{") ? [house, other] : [house] {
            guard let (answer, runs) = try await run(.foreign(foreign.tenant), place, house, ids, tampering) else {
                continue
            }
            isReached = true
            // One's own trail holds the ids that one tried.
            #expect(
                place.operation.group == "audit" || foreign.found(in: answer.text).isEmpty,
                "\(place.operation.name) shows another's: \(place.text)")
            let follows = scopedBySetting.contains { place.text.hasPrefix($0.start) }
            for run in runs {
                let found = foreign.found(in: run.rows)
                #expect(found.isEmpty, "\(place.operation.name) reads another's \(found): \(place.text)")
                #expect(run.written == 0 || follows, "\(place.operation.name) writes in another's scope: \(place.text)")
            }
        }
        if isReached { tally.foreign += 1 } else { tally.missed.append("\(place.operation.name): \(place.text)") }
    }

    /// Sends a request while the scope is changed; nil if it did not come to the statement, twice.
    private static func run(
        _ change: ScopeChange, _ place: Place, _ house: Household, _ ids: Household, _ tampering: Tampering
    ) async throws -> (Answer, [TamperedRun])? {
        for _ in 0..<2 {
            guard var request = try await house.request(for: place.operation) else { return nil }
            if ids.person !== house.person {
                guard let path = ids.path(of: CrossTenantTests.path(place.operation.path)) else { return nil }
                request = ValidRequest(
                    method: request.method, path: path, body: request.body, version: request.version)
            }
            let (answer, runs) = try await tampering.change(change, of: place.text) {
                try await house.send(request)
            }
            if !runs.isEmpty { return (answer, runs) }
        }
        return nil
    }
}

extension Household {
    fileprivate func send(_ request: ValidRequest) async throws -> Answer {
        try await person.call(request.method, request.path, request.body, version: request.version)
    }
}
