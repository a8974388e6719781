import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Assets

@Suite struct HostKeyTests {
    private let first = HostPublicKey(algorithm: "ssh-ed25519", blob: [1, 2, 3])
    private let second = HostPublicKey(algorithm: "ecdsa-sha2-nistp256", blob: [4, 5, 6])

    private func keys(_ answer: Answer) -> [(id: String, fingerprint: String, state: String)] {
        guard case .array(let keys)? = answer.json["hostKeys"] else { return [] }
        return keys.map { ($0["id"]?.text ?? "", $0["fingerprint"]?.text ?? "", $0["state"]?.text ?? "") }
    }

    @Test func `a key is seen, pinned and counts, and a scan does not change that`() async throws {
        let yard = try await Yard()
        let asset = try await yard.create("web-1")
        let id = try #require(AssetID(asset["id"]))
        #expect(try await yard.call("assets.scan", [asset["id"]]).problem == "asset-unreachable")
        yard.network.listen("web-1.example", with: [first])
        let scanned = keys(try await yard.call("assets.scan", [asset["id"]]))
        #expect(scanned.map(\.state) == ["seen"])
        #expect(scanned[0].fingerprint == first.fingerprint && scanned[0].fingerprint.hasPrefix("SHA256:"))
        #expect(try await yard.assets.pinnedHostKeys(of: id, in: yard.scope).isEmpty)
        #expect(keys(try await yard.call("assets.pin", [scanned[0].id])).map(\.state) == ["pinned"])
        #expect(try await yard.assets.pinnedHostKeys(of: id, in: yard.scope) == [first])
        yard.stage.wait(1)
        yard.network.listen("web-1.example", with: [first, second])
        let again = keys(try await yard.call("assets.scan", [asset["id"]]))
        #expect(again.count == 2)
        #expect(again.first { $0.fingerprint == first.fingerprint }?.state == "pinned")
        #expect(again.first { $0.fingerprint == second.fingerprint }?.state == "seen")
    }

    @Test func `a refused key stays refused when a worker meets it again`() async throws {
        let yard = try await Yard()
        let asset = try await yard.create("web-1")
        let id = try #require(AssetID(asset["id"]))
        try await yard.assets.report(first, of: id, at: yard.stage.now, in: yard.scope)
        let seen = keys(try await yard.call("assets.show", [asset["id"]]))
        #expect(seen.map(\.state) == ["seen"])
        #expect(keys(try await yard.call("assets.refuse", [seen[0].id])).map(\.state) == ["refused"])
        try await yard.assets.report(first, of: id, at: yard.stage.now, in: yard.scope)
        #expect(keys(try await yard.call("assets.show", [asset["id"]])).map(\.state) == ["refused"])
        #expect(try await yard.assets.pinnedHostKeys(of: id, in: yard.scope).isEmpty)
        #expect(try await yard.stage.lines(in: yard.scope).contains("host-key.refused success web-1"))
    }

    @Test func `a key of another tenant is not there`() async throws {
        let yard = try await Yard()
        let asset = try await yard.create("web-1")
        let id = try #require(AssetID(asset["id"]))
        try await yard.assets.report(first, of: id, at: yard.stage.now, in: yard.scope)
        let seen = keys(try await yard.call("assets.show", [asset["id"]]))
        let theirs = try await yard.stage.makeTenant("bolt")
        #expect(try await yard.call("assets.pin", [seen[0].id], in: theirs).status == 404)
        #expect(try await yard.call("assets.refuse", [seen[0].id], in: theirs).status == 404)
        await #expect(throws: (any Error).self) {
            try await yard.assets.report(first, of: id, at: yard.stage.now, in: theirs)
        }
        #expect(try await yard.assets.pinnedHostKeys(of: id, in: theirs).isEmpty)
        #expect(keys(try await yard.call("assets.show", [asset["id"]])).map(\.state) == ["seen"])
    }
}
