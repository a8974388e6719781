/// What lies beside or above Hosting and is plugged into it.
package struct HostingPorts: Sendable {
    package let identity: any AdmissionIdentity
    package let menu: any TargetMenu
    package let access: any SessionAccess
    package let secrets: any SecretSource
    package let hostKeys: any HostKeySource

    package init(
        identity: any AdmissionIdentity, menu: any TargetMenu, access: any SessionAccess,
        secrets: any SecretSource, hostKeys: any HostKeySource
    ) {
        self.identity = identity
        self.menu = menu
        self.access = access
        self.secrets = secrets
        self.hostKeys = hostKeys
    }
}
