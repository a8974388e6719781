import HTTPAPI
import Kernel
import Messaging
import Outbound
import Tenancy

/// Asks whose portal answers at a host name, as a browser would: by name, over the network, past the egress guard.
struct HostNameProbe: Sendable {
    let client: HTTPClient
    /// Where a portal with such a host name is, such as `https://access.example.com`.
    let origin: @Sendable (String) -> String
    let openings: EgressOpenings

    func callAsFunction(_ name: CustomHostName, in scope: TenantScope) async throws -> String? {
        let request = OutboundRequest(
            .get, try OutboundURL(origin(name.text) + TenantAPI.base + "/auth/tenant"), maxResponseBytes: 1 << 17,
            opened: try await openings(in: scope))
        let response = try await client.send(request)
        guard response.status == 200 else { return nil }
        return try JSONParser.parse(response.body)["slug"]?.text
    }
}
