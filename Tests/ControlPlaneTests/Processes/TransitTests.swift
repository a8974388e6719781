import Kernel
import Outbound
import TestSupport
import Testing

/// A server whose key at the top is kept by a real OpenBao.
@Suite(.serialized, .enabled(if: TestBao.isThere)) struct TransitTests {
    @Test func `secrets open again after a restart, and an OpenBao that is sealed is told and costs nothing`()
        async throws
    {
        let bao = try await TestBao()
        let folder = TemporaryFolder()
        let token = try await bao.token(for: "gatehouse")
        try Installation.write(token, to: folder.file("token"))
        let installation = try await Installation(
            as: .program(transit: [
                "address": .string(bao.address), "key": "gatehouse", "tokenFile": .string(folder.file("token")),
            ]))
        let program = try #require(installation.program)
        let master = try await installation.provider(.get, "/master-key")
        #expect(master.status == 200 && !master["current"].hasPrefix("mk1_"), "\(master.text)")
        let house = try await Household(installation.makeTenant("acme"))
        func reveal() async throws -> Answer {
            try await house.person.call(
                .post, "/accounts/\(house.ids["accounts"]!)/reveal", ["reason": "to see it again"])
        }
        let secret = try await reveal()
        #expect(secret.status == 200 && house.person.secrets.contains(secret["secret"]), "\(secret.text)")

        await program.stop()
        try await program.start()
        #expect(try await reveal()["secret"] == secret["secret"])

        // Sealed: what needs the key at the top is refused and says why, and what is there is left as it was.
        try await bao.seal()
        let none = try await installation.provider(
            .post, "/tenants",
            ["slug": "late", "name": "Late", "administrator": ["login": "ada", "name": "Ada"]])
        #expect(none.status == 503, "\(none.text)")
        #expect(none.text.contains("key-service-away"), "\(none.text)")
        await program.stop()
        await #expect(throws: ServerProcess.Ended.self) { try await program.start() }
        #expect(program.output.contains(bao.address), "\(program.output.suffix(500))")
        #expect(!program.output.contains(token))

        try await bao.unseal()
        try await program.start()
        #expect(try await reveal()["secret"] == secret["secret"])
        let made = try await installation.provider(
            .post, "/tenants",
            ["slug": "late", "name": "Late", "administrator": ["login": "ada", "name": "Ada"]])
        #expect(made.status == 201, "\(made.text)")
    }
}
