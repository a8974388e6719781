import Cryptography
import Foundation
import GatewayContract
import GatewayCore
import Kernel
import TestSupport
import Testing

@Suite struct IdentityStoreTests {
    private let identity = WorkerIdentity(
        worker: .new(), signingKey: SigningKey(), sealingKey: SealingPrivateKey(),
        serverKey: Bytes([UInt8](repeating: 7, count: 32)))

    @Test func `an identity comes back as it was, from a file that nobody else can read`() throws {
        let folder = TemporaryFolder()
        _ = try IdentityStore(saving: identity, to: folder.file("identity.json"))
        let read = try IdentityStore(loading: folder.file("identity.json")).current
        #expect(read.worker == identity.worker)
        #expect(read.signingKey.verifyingKey == identity.signingKey.verifyingKey)
        #expect(read.sealingKey.publicKey.bytes == identity.sealingKey.publicKey.bytes)
        #expect(read.serverKey == identity.serverKey)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("identity.json"))[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `a file that others can read is refused`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("identity.json")
        _ = try IdentityStore(saving: identity, to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: IdentityStore.Failure.notPrivate(path)) { _ = try IdentityStore(loading: path) }
    }

    @Test func `a missing and a damaged file say what to do`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("identity.json")
        #expect(throws: IdentityStore.Failure.missing(path)) { _ = try IdentityStore(loading: path) }
        _ = FileManager.default.createFile(
            atPath: path, contents: Data("{}".utf8), attributes: [.posixPermissions: 0o600])
        #expect(throws: IdentityStore.Failure.damaged(path)) { _ = try IdentityStore(loading: path) }
    }
}
