/// What a provider sets about its gateways.
package struct HostingSettings: Sendable {
    /// The address of a tenant's portal, by its slug.
    package let portal: @Sendable (_ slug: String) -> String
    /// How long a session may be idle, in seconds.
    package let idleSeconds: Int
    /// Whether every byte is on the worker's disk before it is relayed.
    package let strictRecording: Bool

    package init(
        portal: @escaping @Sendable (_ slug: String) -> String, idleSeconds: Int = 1800, strictRecording: Bool = false
    ) {
        self.portal = portal
        self.idleSeconds = idleSeconds
        self.strictRecording = strictRecording
    }
}
