import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct UserQuotaTests {
    @Test func `of two hundred new people the last place takes one`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        #expect(try await house.test.used("users", in: scope) == 1)
        try await house.test.setLimit("users", 2, in: scope)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await admin.call(
                        "users.create", body: ["login": .string("user\(number)"), "name": "Somebody"])
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.problem == "quota-exceeded" } == 199)
        let made = try #require(answers.first { $0.status == 201 })["id"]
        #expect(try await admin.call("users.disable", [made]).status == 200)
        #expect(try await admin.call("users.disable", [made]).status == 200)
        #expect(try await house.test.used("users", in: scope) == 1)
        let next = try await admin.call("users.create", body: ["login": "next", "name": "Next"])
        #expect(next.status == 201)
        #expect(try await admin.call("users.enable", [made]).problem == "quota-exceeded")
    }
}
