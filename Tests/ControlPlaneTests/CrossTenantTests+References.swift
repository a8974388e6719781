import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// An id of another company, wherever a request can name one, is answered in the very bytes in which an id of nothing is:
/// in paths, bodies, queries and filters. And what one company does is not heard, sent or worked on in another.
extension CrossTenantTests {
    private static func nothing(like id: String) -> String { "\(id.prefix(4))\(UserID.new().text.dropFirst(4))" }

    @Test func `an id of another company is told as one of nothing`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let paths = try await Self.comparePaths(acme, bolt)
        let bodies = try await Self.compareBodies(acme, bolt)
        let filters = try await Self.compareFilters(acme, bolt)
        print("foreign ids: \(paths) paths, \(bodies) places in bodies and queries, \(filters) filters")
        #expect(paths > 40 && bodies > 15 && filters > 8)
        try await Self.compareLinks(acme, bolt)
    }

    private static func comparePaths(_ acme: Household, _ bolt: Household) async throws -> Int {
        let me = try await bolt.person.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        var compared = 0
        for operation in Catalogue.tenant where operation.path.contains("{") {
            let path = try #require(acme.path(of: CrossTenantTests.path(operation.path)), "\(operation.path)")
            let query = operation.name == "recordings.search" ? "?q=x" : ""
            let other = path.replacing(#/[a-z]{3}_[0-9a-z]{26}/#) { nothing(like: String($0.output)) }
            var said: [String] = []
            for path in [path, other] {
                let answer = try await bolt.person.call(
                    CrossTenantTests.method(operation), path + query, CrossTenantTests.body(operation, me),
                    version: operation.precondition == .ifMatch ? 1 : nil)
                let ids = path.matches(of: #/[a-z]{3}_[0-9a-z]{26}/#).map { String($0.output) }
                #expect(answer.status == 404, "\(operation.name): \(answer.status) \(answer.text)")
                said.append(answer.comparable(without: ids))
            }
            #expect(said[0] == said[1], "\(operation.name) tells them apart")
            compared += 1
        }
        return compared
    }

    /// Every id in the schema of a body or of the query: whoever adds one gives the household a thing of its kind, and
    /// `Household.request` a valid body.
    private static func compareBodies(_ acme: Household, _ bolt: Household) async throws -> Int {
        var compared = 0
        for operation in Catalogue.tenant {
            let inBody = operation.bodyShape.map(Reference.all) ?? []
            let inQuery = operation.parameters.filter { $0.place == .query }.flatMap { parameter in
                Reference.all(in: parameter.shape).map { (parameter.name, $0) }
            }
            for reference in inBody {
                let foreign = try #require(acme.id(reference.prefix), "\(operation.name) names \(reference.prefix)_")
                let request = try #require(try await bolt.request(for: operation), "\(operation.name) has no request")
                try #require(request.body != nil, "\(operation.name) has no valid body to try")
                let (path, method) = (request.path, request.method)
                var said: [String] = []
                for id in [foreign, nothing(like: foreign)] {
                    let body = reference.body(with: id, in: request.body)
                    let answer = try await patiently {
                        try await bolt.person.call(method, path, body, version: request.version)
                    }
                    #expect(
                        (400...499).contains(answer.status),
                        "\(operation.name) takes \(reference.steps) of \(foreign): \(answer.status) \(answer.text)")
                    said.append(answer.comparable(without: [id]))
                }
                #expect(said[0] == said[1], "\(operation.name) tells them apart in \(reference.steps)")
                compared += 1
            }
            for (name, reference) in inQuery {
                let foreign = try #require(acme.id(reference.prefix), "\(operation.name) names \(reference.prefix)_")
                let path = try #require(bolt.path(of: CrossTenantTests.path(operation.path)), "\(operation.path)")
                var said: [String] = []
                for id in [foreign, nothing(like: foreign)] {
                    let answer = try await bolt.person.call(
                        try CrossTenantTests.method(operation), "\(path)?\(name)=\(id)")
                    said.append(answer.comparable(without: [id]))
                }
                #expect(said[0] == said[1], "\(operation.name) tells them apart in \(name)")
                compared += 1
            }
        }
        return compared
    }

    /// Asks again where somebody who asks this much is told to slow down.
    private static func patiently(_ call: () async throws -> Answer) async throws -> Answer {
        for _ in 0..<20 {
            let answer = try await call()
            guard answer.status == 429 else { return answer }
            try await Task.sleep(for: .seconds(1))
        }
        return try await call()
    }

    /// Every column of every list that takes ids.
    private static func compareFilters(_ acme: Household, _ bolt: Household) async throws -> Int {
        var compared = 0
        for operation in Catalogue.tenant {
            guard let filter = operation.parameters.first(where: { $0.name == "filter" && $0.place == .query }) else {
                continue
            }
            let path = try #require(bolt.path(of: CrossTenantTests.path(operation.path)), "\(operation.path)")
            let names = filter.note.prefixMatch(of: #/Which rows: (.+?) with eq/#)?.output.1 ?? ""
            try #require(!names.isEmpty, "\(operation.name) does not say which columns it has")
            for column in names.split(separator: ", ") {
                func ask(_ value: String) async throws -> Answer {
                    let words = "\(column) eq \"\(value)\""
                    let query = words.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    return try await bolt.person.call(.get, "\(path)?filter=\(query)")
                }
                let probe = try await ask(String(repeating: "?", count: 30))
                guard let match = probe.text.firstMatch(of: #/must be an id that starts with ([a-z]{3})_/#) else {
                    continue
                }
                let prefix = String(match.output.1)
                let tenant = try await acme.tenant().text
                let foreign = try #require(
                    tenant.hasPrefix("\(prefix)_") ? tenant : acme.id(prefix),
                    "\(operation.name) is filtered by \(prefix)_")
                let other = nothing(like: foreign)
                let (seen, none) = (try await ask(foreign), try await ask(other))
                #expect(seen.status == 200 && seen.items.isEmpty, "\(operation.name) by \(column): \(seen.text)")
                #expect(
                    seen.comparable(without: [foreign]) == none.comparable(without: [other]),
                    "\(operation.name) tells them apart by \(column)")
                compared += 1
            }
        }
        return compared
    }

    /// A link by which somebody of one company decides is nothing at the other's host.
    private static func compareLinks(_ acme: Household, _ bolt: Household) async throws {
        let installation = acme.person.installation
        let superuser = try await installation.test.superuser()
        let token = Base64URL.encode(SecureRandom.bytes(32))
        let tenant = try await acme.tenant()
        _ = try await superuser.execute(
            """
            insert into decision_links (tenant_id, token_hash, ticket_id, level, user_id, digest, expires_at)
            select tenant_id, \(RandomToken.hash(of: token).bytes)::bytea, ticket_id, level, user_id, ''::bytea,
                now() + interval '1 hour'
            from ticket_approvers where tenant_id = \(tenant) limit 1
            """)
        func answer(_ token: String, on host: String, _ body: JSON? = nil) async throws -> Answer {
            try await installation.call(
                body == nil ? .get : .post, "/api/v1/decision-links/\(token)", body, on: host)
        }
        let own = try await answer(token, on: "acme")
        #expect(own.status == 200, "\(own.text)")
        let nothing = Base64URL.encode(SecureRandom.bytes(32))
        for body: JSON? in [nil, ["outcome": "approved"]] {
            let foreign = try await answer(token, on: "bolt", body)
            let none = try await answer(nothing, on: "bolt", body)
            #expect((400...499).contains(foreign.status))
            #expect(foreign.comparable(without: [token]) == none.comparable(without: [nothing]))
        }
    }

    @Test func `what happens in one company is not heard in another`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let ours = try await installation.stream("/events/stream", on: "bolt", bearer: bolt.token)
        let theirs = try await installation.stream("/events/stream", on: "acme", bearer: acme.token)
        #expect(ours.head.status == 200 && theirs.head.status == 200)
        try await acme.person.call(
            .post, "/grants/\(acme.ids["grants"]!)/revoke", ["reason": "left"], expecting: 200)
        // Once Acme has heard of it, whoever hears of it has.
        try await Self.read(theirs) { $0.contains("event: grant.revoked") }
        try await bolt.person.call(.post, "/users/\(bolt.ids["users"]!)/disable", expecting: 200)
        let heard = try await Self.read(ours) { $0.contains("event: user.disabled") }
        #expect(!heard.contains("grant.revoked"), "\(heard)")
    }

    /// What a stream brings until enough is there.
    @discardableResult
    private static func read(_ stream: OutboundStream, until isEnough: (String) -> Bool) async throws -> String {
        var text = ""
        for try await part in stream {
            text += String(decoding: part, as: UTF8.self)
            if isEnough(text) { return text }
        }
        throw StreamEnded(text: text)
    }

    private struct StreamEnded: Error {
        let text: String
    }

    @Test func `a job of one company that names things of another does nothing to them`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let (victim, own) = (try await acme.tenant(), try await bolt.tenant())
        let superuser = try await installation.test.superuser()
        try await eventually("nothing of Acme is under way", within: .seconds(30)) {
            _ = try await superuser.execute("delete from jobs where for_tenant = \(victim) and state = 'waiting'")
            let open = try await superuser.query(
                """
                select (select count(*) from jobs where for_tenant = \(victim) and state = 'running')
                  + (select count(*) from events where tenant_id = \(victim) and dispatched_at is null and dead_at is null)
                """
            ) { try $0.next(Int.self) }
            return open == [0]
        }
        _ = try await superuser.execute("delete from jobs where for_tenant = \(victim) and state = 'waiting'")
        _ = try await superuser.execute(
            "update webhook_deliveries set state = 'dead', finished_at = now() where tenant_id = \(victim)")
        // What is counted of Acme's own calls is written some seconds after them: maybe only now.
        let quiet: Set<String> = [
            "audit_events", "events", "service_levels", "usage_events", "usage_rollups", "web_sessions",
        ]
        let before = try await acme.rows(but: quiet)
        let recordings = try await superuser.query("select recording_id from recordings where tenant_id = \(victim)") {
            try $0.next(RecordingID.self)
        }
        let payload = JSON.object([
            JSON.Member("delivery", .string(acme.ids["webhook-deliveries"]!)),
            JSON.Member("recording", .string(recordings.first?.text ?? "")),
        ])
        let kinds = try await superuser.query(
            """
            select distinct kind from jobs where kind not like 'periodic.%'
            union values ('webhook.deliver'), ('sessions.seal-recording'), ('tenancy.rewrap')
            """
        ) { try $0.next(String.self) }
        var jobs: [JobID] = []
        for kind in kinds {
            let id = JobID.new()
            jobs.append(id)
            _ = try await superuser.execute(
                """
                insert into jobs (job_id, kind, for_tenant, payload, run_at)
                values (\(id), \(kind), \(own), \(String(decoding: payload.bytes, as: UTF8.self))::jsonb, now())
                """)
        }
        try await eventually("every job was tried", within: .seconds(30)) {
            let open = try await superuser.query(
                "select count(*) from jobs where job_id = any(\(jobs)) and (attempts = 0 or state = 'running')"
            ) { try $0.next(Int.self) }
            return open == [0]
        }
        let after = try await acme.rows(but: quiet)
        for (table, rows) in before { #expect(after[table]?.elementsEqual(rows) == true, "\(table) was changed") }
    }
}

extension Household {
    /// One of this household's ids, by what it begins with.
    fileprivate func id(_ prefix: String) -> String? {
        ids.values.first { $0.hasPrefix("\(prefix)_") }
    }
}
