package import CMPP
package import Kernel
package import LDAP
package import Outbound
package import RADIUS
import Synchronization

/// What it takes to ask providers, shared by all sign-ins of a server.
package final class ProviderDirectories: Sendable {
    let ldap: LDAPClient
    /// Threads of their own: no sign-in waits for a directory that is read from its first entry to its last.
    let syncs = LDAPClient(threads: 2, waiting: 0, share: 1)
    let radius: RADIUSClient
    let web: ProviderWeb
    let cmpp: CMPPClient
    let undelivered = UndeliveredMessages()
    /// The private hosts that a tenant's administrators have opened.
    let openings: @Sendable (TenantScope) async throws -> Set<HostPort>
    private let paces = Mutex<[TenantID: Duration]>([:])
    private static let slowest = Duration.seconds(10)

    package init(
        ldap: LDAPClient = LDAPClient(), radius: RADIUSClient = RADIUSClient(), web: ProviderWeb = ProviderWeb(),
        cmpp: CMPPClient = CMPPClient(),
        openings: @escaping @Sendable (TenantScope) async throws -> Set<HostPort> = { _ in [] }
    ) {
        self.ldap = ldap
        self.radius = radius
        self.web = web
        self.cmpp = cmpp
        self.openings = openings
    }

    /// How long asking took lately. A refusal of somebody whom no provider was asked about waits as long: otherwise the
    /// quick one would be an account with a password of its own.
    package func pace(in scope: TenantScope) -> Duration {
        paces.withLock { $0[scope.tenant] ?? .zero }
    }

    func note(_ took: Duration, in scope: TenantScope) {
        paces.withLock { paces in
            if paces.count >= 10_000 { paces.removeAll(keepingCapacity: true) }
            let before = paces[scope.tenant] ?? .zero
            paces[scope.tenant] = min(Self.slowest, max(took, before * 7 / 8))
        }
    }
}
