import Cryptography
import GatewayContract
package import GatewayCore
import Kernel
package import SSH

/// The way to the target: connected, known by its host key, signed in, with a program running. Confined to the loop.
package struct TargetLeg {
    package let connection: SSHClientConnection
    package let channel: SSHChannel

    /// Why the target could not be reached, and in which phase.
    package struct Failure: Error {
        package let phase: String
        package let error: SSHError
    }

    private static let limit = Duration.seconds(15)

    /// Goes all the way. The secret is used here and nowhere else.
    package nonisolated(nonsending) static func open(
        _ opened: OpenedGrant, program: SSHClientConnection.Program, on loop: SSHLoop
    ) async throws(Failure) -> TargetLeg {
        let grant = opened.grant
        var addresses: [SocketAddress] = []
        for address in grant.addresses {
            addresses += await Resolver.shared.addresses(of: address.host, port: address.port)
        }
        let connection = try await phase("connect") { () async throws(SSHError) in
            try await SSHClientConnection.connect(
                to: addresses, pinned: try pinned(grant), user: grant.account, within: limit, on: loop)
        }
        do throws(Failure) {
            try await phase("sign-in") { () async throws(SSHError) in
                try await connection.signIn(try credential(opened), within: limit)
            }
            let channel = try await phase("channel") { () async throws(SSHError) in
                let channel = try await connection.openChannel(within: limit)
                try await connection.start(program, on: channel, within: limit)
                return channel
            }
            return TargetLeg(connection: connection, channel: channel)
        } catch {
            connection.abort()
            throw error
        }
    }

    private nonisolated(nonsending) static func phase<R>(
        _ name: String, _ body: () async throws(SSHError) -> R
    ) async throws(Failure) -> R {
        do {
            return try await body()
        } catch {
            throw Failure(phase: name, error: error)
        }
    }

    private static func pinned(_ grant: SessionGrant) throws(SSHError) -> [SSH.SSHPublicKey] {
        var keys: [SSH.SSHPublicKey] = []
        for key in grant.hostKeys {
            keys.append(try SSH.SSHPublicKey(algorithm: key.algorithm, blob: key.key.value))
        }
        return keys
    }

    private static func credential(_ opened: OpenedGrant) throws(SSHError) -> SSHClientConnection.Credential {
        let text = String(decoding: opened.secret.reveal().reveal(), as: UTF8.self)
        switch opened.grant.secretKind {
        case .password: return .password(text)
        case .sshKey: return .key(try SSHPrivateKey(text: text))
        }
    }

    /// Ends the connection to the target.
    package func close() {
        channel.close()
        connection.disconnect("the session has ended")
    }
}
