import HTTPAPI
import Kernel
import Sessions
import Testing

@testable import Hosting

@Suite struct RouteTests {
    @Test func `the declarations of hosting and sessions keep the rules of all endpoints`() {
        let operations =
            EnrolmentRoutes.group.operations + WorkerRoutes.group.operations + WorkerEventRoutes.group.operations
            + ProviderWorkerRoutes.group.operations + GatewayRoutes.group.operations + SessionRoutes.group.operations
            + RecordingRoutes.group.operations + TerminalRoutes.group.operations
        #expect(Completeness.findings(operations) == [])
    }

    @Test(arguments: [
        ("gw.example.com:2222", "gw.example.com", 2222), ("[2001:db8::1]:22", "2001:db8::1", 22), ("gw", "gw", 22),
    ])
    func `an endpoint is read as host and port`(endpoint: String, host: String, port: Int) {
        #expect(GatewayAddress(endpoint: endpoint) == GatewayAddress(sshHost: host, sshPort: port))
    }

    @Test func `without a gateway there is no address`() {
        #expect(GatewayAddress(endpoint: "") == GatewayAddress(sshHost: nil, sshPort: nil))
    }
}
