import Cryptography
import Foundation
import GatewayContract
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

extension Household {
    /// Lets Ada herself reach the household's server, whose host key is pinned, and gives her an SSH key: the blob of it.
    func openServer() async throws -> [UInt8] {
        let asset = try #require(ids["assets"])
        let key = Self.keyBlob(SigningKey())
        let line = "ssh-ed25519 \(Data(key).base64EncodedString()) ada"
        try await person.call(.post, "/me/ssh-keys", ["name": "gateway", "publicKey": .string(line)], expecting: 201)
        let me = try await person.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        try await person.call(
            .post, "/grants",
            [
                "name": "Ada's", "users": [.string(me)], "assets": [.string(asset)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
        _ = try await person.installation.test.superuser().execute(
            """
            insert into host_keys (tenant_id, host_key_id, asset_id, algorithm, fingerprint, public_key, state)
            select tenant_id, \(HostKeyID.new()), asset_id, 'ssh-ed25519', 'SHA256:pinned',
                \(Self.keyBlob(SigningKey())), 'pinned'
            from assets where asset_id = \(try #require(AssetID(asset)))
            """)
        return key
    }

    /// What she asks for there.
    static func ask(_ admission: AdmissionID) -> SessionRequest {
        SessionRequest(
            admission: admission, target: SessionTarget(account: "root", asset: "web-1"), protocol: .ssh,
            channel: .shell, clientAddress: "192.0.2.1")
    }

    /// RFC 8709 §4.
    static func keyBlob(_ key: SigningKey) -> [UInt8] {
        func field(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        return field(Array("ssh-ed25519".utf8)) + field(key.verifyingKey.bytes)
    }
}
