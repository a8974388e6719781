package import Kernel

/// A key in the transit engine of OpenBao, or of whatever speaks its API.
package struct TransitKey: Sendable {
    /// `https://bao.example.com:8200`, without a path.
    package let address: String
    /// Where the engine is mounted, such as `transit`.
    package let mount: String
    package let name: String
    /// Asked for with every request, so that a token that was renewed counts without a restart.
    package let token: @Sendable () throws -> Secret

    package init(address: String, mount: String, name: String, token: @escaping @Sendable () throws -> Secret) {
        self.address = address
        self.mount = mount
        self.name = name
        self.token = token
    }
}
