import Cryptography
import Foundation
import HTTPAPI
import Kernel
import LDAP
import TestSupport
import Testing

@testable import Identity

/// People of a real Active Directory at the doors of a tenant.
@Suite(.serialized, .enabled(if: TestActiveDirectory.isThere)) struct ActiveDirectoryTests: ActiveDirectoryStage {
    static let password = TestActiveDirectory.password

    @Test(arguments: ["start-tls", "tls"])
    func `the portal's preset lets people in by their name and by their principal name, as the same person`(
        security: String
    ) async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let port = security == "tls" ? TestActiveDirectory.securePort : TestActiveDirectory.port
        let provider = try await makeProvider(
            of: directory, for: admin,
            settings: [
                "security": .string(security),
                "servers": [["host": .string(directory.address), "port": .int(Int64(port))]],
            ])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        let first = try await ann.password(Self.password("ann"), login: "ann.upn@\(TestActiveDirectory.realm)")
        #expect(first.step == "enrol", "\(first.json)")
        try await ann.enrol(first["token"])
        for login in ["ann", "ANN", "Ann.UPN@AD.example.test"] {
            #expect(try await ann.password(Self.password("ann"), login: login).step == "second-factor", "\(login)")
        }
        let people = try await users(admin)
        #expect(people.keys.sorted() == ["ada", "ann"])
        #expect(people["ann"]?["name"] == "Ann Person" && people["ann"]?["email"] == "ann@example.org")
        let links = try await admin.call("identity-providers.links", [provider]).items
        // The sixteen bytes of objectGUID, in hexadecimal.
        #expect(links.count == 1 && links.first?["subject"]?.text?.count == 32)
        // A name with its domain in front is no login here, and is refused like any other.
        let stranger = try await ann.password("wrong", login: "nobody").essence
        for login in ["\(TestActiveDirectory.domain)\\ann", "ann@\(TestActiveDirectory.realm)", "ann*", "*"] {
            #expect(try await ann.password(Self.password("ann"), login: login).essence == stranger, "\(login)")
        }
        #expect(try await ann.password("").status == 422)
    }

    @Test func `a test of the preset shows each step`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(of: directory, for: admin)
        let good = try await steps(provider, ["login": "ann", "password": .string(Self.password("ann"))], admin)
        let all = ["connect", "bind", "search", "password", "standing", "groups", "account", "rules"]
        #expect(good.steps == all.map { "\($0) passed" }, "\(good.answer.json)")
        #expect(good.answer["outcome"] == "created")
        #expect(
            words(of: "search", in: good.answer)
                == TestActiveDirectory.dn("ann", in: "OU=Leads,OU=Staff"))
        #expect(words(of: "groups", in: good.answer)?.hasSuffix("by matching rule in chain") == true)
        let wrong = try await steps(provider, ["login": "ann", "password": "wrong"], admin)
        #expect(wrong.steps.last == "password failed")
        #expect(words(of: "password", in: wrong.answer) == "wrong password")
        #expect(try await steps(provider, ["login": "nobody"], admin).steps.last == "search failed")
        // Without a password the directory is not asked for its opinion, so the entry's own words count.
        let off = try await steps(provider, ["login": "dora"], admin)
        #expect(off.steps.last == "standing failed" && off.answer["outcome"] == "refused")
        #expect(words(of: "standing", in: off.answer) == "the account is disabled")
        let over = try await steps(provider, ["login": "ed"], admin)
        #expect(words(of: "standing", in: over.answer) == "the account has expired")
        #expect(try await admin.call("users.list").items.count == 1)
    }

    @Test func `groups are found however deep, by the primary group too, and give what rules say`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let rules: JSON = [
            ["directoryGroup": "house", "role": "auditor"], ["directoryGroup": "deep11", "role": "auditor"],
        ]
        let provider = try await makeProvider(of: directory, below: "OU=Staff", for: admin, ["rules": rules])
        func groups(of login: String) async throws -> Set<String> {
            let answer = try await steps(provider, ["login": .string(login)], admin).answer
            return self.groups(in: answer).filter { !$0.contains("=") }
        }
        #expect(try await groups(of: "ann") == ["ops", "team", "everybody", "Domain Users", "Users"])
        // `crew` names nobody as its member, and is in `house`; by it Ben is no less of Domain Users.
        #expect(try await groups(of: "ben") == ["crew", "house", "Domain Users", "Users"])
        let ben = Visitor(house: house, scope: scope, login: "ben")
        #expect(try await ben.password(Self.password("ben")).step == "enrol")
        let people = try await users(admin)
        func roles(_ user: JSON?) -> [String] {
            guard case .array(let roles)? = user?["roles"] else { return [] }
            return roles.compactMap { $0["builtIn"]?.text }.sorted()
        }
        #expect(roles(people["ben"]) == ["auditor", "user"])
        #expect(try await groups(of: "hal").contains("deep11"))
        // A run gives the same as a sign-in, and takes nothing back: no more than Hal's role is new.
        _ = try await preview(provider, admin)
        let done = try await run(provider, admin)
        #expect(done["state"] == "done", "\(done)")
        #expect(done["report"]?["removals"] == 0 && done["report"]?["roleChanges"] == 1, "\(done)")
        let after = try await users(admin)
        #expect(roles(after["hal"]) == ["auditor", "user"])
        #expect(roles(after["ben"]) == ["auditor", "user"])
        // She is in a group that is called like what stands for the number of `crew`.
        #expect(roles(after["ann"]) == ["user"])
    }

    @Test func `whom the directory keeps out learns nothing, and the trail says why`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(of: directory, for: admin)
        let visitor = Visitor(house: house, scope: scope, login: "nobody")
        let stranger = try await visitor.password("wrong").essence
        for _ in 0..<3 { #expect(try await visitor.password("wrong", login: "gil").essence == stranger) }
        let reasons = [
            "dora": "disabled-at-provider", "ed": "expired-at-provider", "flo": "password-to-change-at-provider",
            "gil": "locked-at-provider", "hal": "password-expired-at-provider", "ann": nil,
        ]
        for (login, reason) in reasons.sorted(by: { $0.key < $1.key }) {
            // With a wrong password there is no word on the account; a lock is older than the password.
            let guess = try await visitor.password("wrong", login: login)
            #expect(guess.status == 401 && guess.essence == stranger, "\(login): \(guess.json)")
            let plain = try #require(house.trail.refused("sign-in.password").last)
            #expect(
                plain.details["reason"]?.text == (login == "gil" ? "locked-at-provider" : "wrong-password"),
                "\(login): \(plain.details)")
            guard let reason else { continue }
            let kept = try await visitor.password(Self.password(login), login: login)
            #expect(kept.status == 401 && kept.essence == stranger, "\(login): \(kept.json)")
            let told = try #require(house.trail.refused("sign-in.password").last)
            #expect(told.details["reason"]?.text == reason, "\(login): \(told.details)")
        }
        #expect(try await admin.call("users.list").items.count == 1)
    }

    @Test func `a certificate of somebody else's is refused before any password is said`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        for (security, port) in [
            ("start-tls", TestActiveDirectory.port), ("tls", TestActiveDirectory.securePort),
        ] {
            let provider = try await makeProvider(
                of: directory, for: admin,
                settings: [
                    "security": .string(security), "authorities": .string(directory.stranger),
                    "servers": [["host": .string(directory.address), "port": .int(Int64(port))]],
                ], ["name": .string("Stranger by \(security)")])
            let tried = try await steps(
                provider, ["login": "ann", "password": .string(Self.password("ann"))], admin)
            #expect(tried.steps == ["connect failed"], "\(tried.answer.json)")
            #expect(words(of: "connect", in: tried.answer)?.contains("no encrypted connection") == true)
        }
    }

    @Test func `the references at the root of a domain are passed over, and a base that is not there is a failure`()
        async throws
    {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        // Every answer from here on refers to the forest's configuration, by a name that nobody resolves.
        let root = try await makeProvider(of: directory, for: admin)
        #expect(try await steps(root, ["login": "ann"], admin).answer["outcome"] == "created")
        let provider = try await makeProvider(
            of: directory, for: admin, settings: ["baseDn": "DC=elsewhere,DC=test"], ["name": "Elsewhere"])
        let tried = try await steps(provider, ["login": "ann"], admin)
        #expect(tried.steps == ["connect passed", "bind passed", "search failed"], "\(tried.answer.json)")
        #expect(words(of: "search", in: tried.answer)?.contains("code 32") == true)
    }
}
