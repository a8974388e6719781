import SSH
import Synchronization

/// The host keys in the form each loop needs: libssh changes its own copy while it accepts.
final class LoopIdentities: Sendable {
    private let keys: [SSHPrivateKey]
    private let byLoop = Mutex<[ObjectIdentifier: LoopBound<ServerIdentity>]>([:])

    init(_ keys: [SSHPrivateKey]) {
        self.keys = keys
    }

    /// To be called on the loop.
    func identity(on loop: SSHLoop) throws(SSHError) -> ServerIdentity {
        if let known = byLoop.withLock({ $0[ObjectIdentifier(loop)] }) { return known.value }
        let made = try ServerIdentity(keys: keys)
        let bound = LoopBound(made, on: loop)
        byLoop.withLock { $0[ObjectIdentifier(loop)] = bound }
        return made
    }
}
