import Cryptography
package import Kernel
import Postgres

/// A key by which an asset proves that it is itself; only pinned ones count.
package struct HostKey: Sendable, Hashable {
    package var id: HostKeyID
    package var algorithm: String
    package var fingerprint: String
    package var state: State

    /// Seen: a worker or a scan met it and an administrator has to say. Pinned: trusted. Refused: an alarm if met again.
    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case seen, pinned, refused }
}

extension HostKey: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("algorithm", \.algorithm, .text(1...100))
        Field("fingerprint", \.fingerprint, .text(1...100), note: "SHA256:… as ssh-keygen -l prints it.")
        Field("state", \.state)
    }
}

/// A host key with its public half (the wire form of RFC 4253 §6.6), as workers need it.
package struct HostPublicKey: Sendable, Hashable {
    package let algorithm: String
    package let blob: [UInt8]

    package init(algorithm: String, blob: [UInt8]) {
        self.algorithm = algorithm
        self.blob = blob
    }

    /// `SHA256:…` as ssh-keygen -l prints it.
    package var fingerprint: String { SSHPublicKey.fingerprint(of: blob) }
}

/// Reads the host keys that a server offers, without signing in.
package struct HostKeyScanner: Sendable {
    package var scan: @Sendable (_ address: AssetAddress, _ port: Int) async throws -> [HostPublicKey]

    package init(scan: @escaping @Sendable (_ address: AssetAddress, _ port: Int) async throws -> [HostPublicKey]) {
        self.scan = scan
    }
}
