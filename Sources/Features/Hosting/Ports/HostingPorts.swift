package import GatewayContract
package import Kernel

/// What lies beside or above Hosting and is plugged into it.
package struct HostingPorts: Sendable {
    package let identity: any AdmissionIdentity
    package let waiting: ReviewWaiting
    package let menu: any TargetMenu
    package let access: any SessionAccess
    package let secrets: any SecretSource
    package let hostKeys: any HostKeySource
    package let map: any AssetMap
    package let requests: any RequestDesk
    /// What a tenant's plan lets it take of one worker.
    package let allowance: @Sendable (TenantID) async throws -> TenantAllowance

    package init(
        identity: any AdmissionIdentity, waiting: ReviewWaiting, menu: any TargetMenu,
        access: any SessionAccess, secrets: any SecretSource, hostKeys: any HostKeySource, map: any AssetMap,
        requests: any RequestDesk = NoRequestDesk(),
        allowance: @escaping @Sendable (TenantID) async throws -> TenantAllowance
    ) {
        self.identity = identity
        self.waiting = waiting
        self.menu = menu
        self.access = access
        self.secrets = secrets
        self.hostKeys = hostKeys
        self.map = map
        self.requests = requests
        self.allowance = allowance
    }
}
