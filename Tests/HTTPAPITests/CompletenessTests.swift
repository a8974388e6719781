import HTTPAPI
import HTTPTypes
import Kernel
import Testing

private struct Revealing: WireValue {
    let password: Secret
    static let schema: Schema<Self> = .record(Self.init) { Field("password", \.password) }
}

@Suite struct CompletenessTests {
    private typealias Route = Endpoint<TenantAPI, Int>

    @Test func `the example is complete`() {
        #expect(Completeness.findings(ExampleRoutes.operations) == [])
    }

    @Test func `what a declaration forgets is found`() {
        let group = EndpointGroup<TenantAPI, Int>("x") {
            Route.get("a", "/a/{b}", TicketID.self, summary: "", permission: .init("x"), returns: Nothing.self) {
                _, _ in
                Nothing()
            }
            Route.get("a", "/a/{c}", TicketID.self, summary: "A", permission: .init("x.y"), returns: Revealing.self) {
                _, _ in Revealing(password: Secret("x"))
            }
            Route.delete("d", "/d", summary: "D", permission: .init("x.y"), audit: .reading) { _, _ in Nothing() }
        }
        let findings = Completeness.findings(group.operations, documented: [])
        let expected = [
            "two operations are GET /api/v1/a/{}", "two operations are called x.a", "x.a answers with a secret",
            "x.a has a permission that names no area", "x.a has no summary", "x.d changes something unaudited",
        ]
        for finding in expected { #expect(findings.contains(finding), "\(finding)") }
        #expect(findings.contains("internal is not documented"))
    }

    @Test func `the table of doors has one line for each`() {
        let table = Completeness.table(ExampleRoutes.operations)
        #expect(table.split(separator: "\n").count == ExampleRoutes.operations.count)
        #expect(
            table.contains("POST /api/v1/tickets/{ticket}/approve tickets.decide ticket.approved step-up sensitive\n"))
    }

    @Test func `the OpenAPI document has every operation`() {
        let operations = ExampleRoutes.operations
        let document = OpenAPI.document(title: "Test", version: "1", operations)
        for operation in operations {
            let entry = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
            #expect(entry?["operationId"]?.text == operation.name)
            #expect(entry?["x-permission"]?.text == operation.permission.code)
        }
        #expect(document["paths"]?["/api/v1/auth/sign-in"]?["post"]?["security"] == [])
    }
}
