import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Assets

@Suite struct AssetQuotaTests {
    @Test func `of two hundred new assets the last place takes one`() async throws {
        let yard = try await Yard()
        try await yard.stage.test.setLimit("assets", 3, in: yard.scope)
        for name in ["a", "b"] { #expect(try await yard.create(name).status == 201) }
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<200 { group.addTask { try await yard.create("web-\(number)") } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.problem == "quota-exceeded" } == 199)
        let refusal = try #require(answers.first { $0.status == 409 }?.json)
        #expect(refusal["limit"] == 3 && refusal["used"] == 3 && refusal["quota"] == "assets")
        #expect(
            try await yard.stage.count(
                "select count(*) from assets where tenant_id = \(yard.scope.tenant)", in: yard.scope) == 3)
    }

    @Test func `disabling and deleting make room, and enabling needs it`() async throws {
        let yard = try await Yard()
        try await yard.stage.test.setLimit("assets", 1, in: yard.scope)
        let first = try await yard.create("web-1")
        #expect(try await yard.create("web-2").status == 409)
        #expect(
            try await yard.call("assets.change", [first["id"]], ["state": "disabled"], version: 1).status == 200)
        let second = try await yard.create("web-2")
        #expect(second.status == 201)
        let enabled = try await yard.call("assets.change", [first["id"]], ["state": "active"], version: 2)
        #expect(enabled.problem == "quota-exceeded")
        #expect(try await yard.call("assets.delete", [first["id"]]).status == 204)
        #expect(try await yard.create("web-3").status == 409)
        #expect(try await yard.call("assets.delete", [second["id"]]).status == 204)
        #expect(try await yard.create("web-3").status == 201)
        #expect(try await yard.stage.test.used("assets", in: yard.scope) == 1)
    }
}
