import Crypto
import FoundationEssentials
import GatewayContract
import Kernel
import Testing

@Suite struct SignedGrantTests {
    let server = Curve25519.Signing.PrivateKey()
    let now = Date(timeIntervalSince1970: 1_795_000_000)

    func grant(worker: WorkerID) -> SessionGrant {
        SessionGrant(
            session: .new(), tenant: .new(), tenantName: "Acme", worker: worker,
            user: NamedUser(id: .new(), name: "Zoë \"Z\""), asset: NamedAsset(id: .new(), name: "web-1"),
            addresses: [AssetAddress(host: "10.0.0.1", port: 22)],
            hostKeys: [PinnedHostKey(algorithm: "ssh-ed25519", key: Bytes([1, 2, 3]))], account: "root",
            secretKind: .password, sealedSecret: Bytes(Array(repeating: 7, count: 60)), protocol: .ssh,
            channel: .shell, actions: ["connect"],
            recording: GrantRecording(
                id: .new(), sealedKey: Bytes(Array(repeating: 8, count: 80)), tenantKey: .new(),
                wrappedKey: Bytes(Array(repeating: 9, count: 60)), strict: false,
                redactionKey: Bytes(Array(repeating: 1, count: 32))),
            limits: GrantLimits(idleSeconds: 1800, endsAt: now + 3600), leaseSeconds: 10, meteringSeconds: 10,
            traceID: "t", notices: [], issuedAt: now)
    }

    func signed(_ grant: SessionGrant) throws -> SignedGrant {
        try SignedGrant(grant) { try Array(server.signature(for: $0)) }
    }

    @Test func `the worker it was made for reads exactly what was signed`() throws {
        let worker = WorkerID.new()
        let grant = grant(worker: worker)
        let opened = try signed(grant).opened(
            by: Array(server.publicKey.rawRepresentation), for: worker, now: now)
        #expect(opened == grant)
    }

    @Test func `another worker does not act on it`() throws {
        let signed = try signed(grant(worker: .new()))
        #expect(throws: GrantFault.forAnotherWorker) {
            try signed.opened(by: Array(server.publicKey.rawRepresentation), for: .new(), now: now)
        }
    }

    @Test func `a grant that another key signed is worth nothing`() throws {
        let worker = WorkerID.new()
        let other = Curve25519.Signing.PrivateKey()
        let signed = try signed(grant(worker: worker))
        #expect(throws: GrantFault.wrongSignature) {
            try signed.opened(by: Array(other.publicKey.rawRepresentation), for: worker, now: now)
        }
    }

    @Test func `a grant whose time has passed opens nothing`() throws {
        let worker = WorkerID.new()
        let signed = try signed(grant(worker: worker))
        #expect(throws: GrantFault.over) {
            try signed.opened(by: Array(server.publicKey.rawRepresentation), for: worker, now: now + 3600)
        }
    }

    @Test func `any changed byte of the grant is noticed`() throws {
        let worker = WorkerID.new()
        let signed = try signed(grant(worker: worker))
        for index in stride(from: 0, to: signed.grant.value.count, by: 37) {
            var bytes = signed.grant.value
            bytes[index] ^= 1
            #expect(throws: GrantFault.wrongSignature) {
                try SignedGrant(grant: Bytes(bytes), signature: signed.signature)
                    .opened(by: Array(server.publicKey.rawRepresentation), for: worker, now: now)
            }
        }
    }

    @Test func `the bytes are canonical`() throws {
        let bytes = try signed(grant(worker: .new())).grant.value
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text.hasPrefix(#"{"account":"root","actions":["connect"],"addresses":[{"host":"10.0.0.1","port":22}],"#))
    }
}
