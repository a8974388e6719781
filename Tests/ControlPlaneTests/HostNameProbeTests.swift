import Foundation
import Kernel
import Logging
import Messaging
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import ControlPlane
@testable import Outbound

/// A company's own host name, looked at over the network, and the links that follow from it.
@Suite struct HostNameProbeTests {
    @Test func `an invitation leads to the company's own host name once that leads to its portal`() async throws {
        let installation = try await Installation()
        let acme = try await installation.makeTenant("acme")
        let port = installation.port
        var settings = HTTPClientConfiguration(egress: .guarded(allow: []))
        settings.resolved = { ["access.acme.test", "access.bolt.test"].map { "\($0):\(port):127.0.0.1" } }
        let client = HTTPClient(
            configuration: settings, logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
        let database = installation.test.database
        let probe = HostNameProbe(
            client: client, origin: { "http://\($0):\(port)" }, openings: EgressOpenings(database: database))
        let check = CheckHostName(database: database) { try await probe($0, in: $1) }
        let tenants = try await installation.test.superuser().query("select tenant_id from tenants where slug = 'acme'")
        {
            try $0.next(TenantID.self)
        }
        let scope = TenantScope(tenant: try #require(tenants.first))
        func invite(_ login: String) async throws -> String {
            try await acme.call(.post, "/users", ["login": .string(login), "name": "New"], expecting: 201)[
                "invitationUrl"]
        }

        let shown = try await acme.call(.get, "/settings", expecting: 200)
        guard case .int(let version)? = shown.json["version"] else {
            Issue.record("\(shown.text)")
            return
        }
        try await acme.call(
            .patch, "/settings", ["host.name": "access.acme.test"], version: Int(version), expecting: 200)
        // It lies inside: nobody has opened that.
        #expect(try await check.look(at: Date(), in: scope).leadsHereSince == nil)
        #expect(try await invite("bob").hasPrefix("http://acme.localhost/invitation#token="))
        try await acme.call(
            .put, "/egress-allowances", ["items": [["host": "127.0.0.1", "port": .int(Int64(port))]]], expecting: 200)
        #expect(try await check.look(at: Date(), in: scope).leadsHereSince != nil)
        #expect(try await invite("carl").hasPrefix("http://access.acme.test/invitation#token="))

        // A name that nobody has set here is nobody's, and another company's is another company's.
        let other = try #require(CustomHostName("access.bolt.test"))
        #expect(try await probe(other, in: scope) == nil)
        let slug = try await probe(try #require(CustomHostName("access.acme.test")), in: scope)
        #expect(slug == "acme")
    }
}
