import Cryptography
import FoundationEssentials
import Glibc
import HTTPAPI
import Kernel
import LDAP
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People of a real directory at the doors of a tenant.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct LDAPSignInTests {
    static let password = TestDirectory.password

    private static func settings(_ directory: TestDirectory, ports: [Int], _ more: JSON = [:]) -> JSON {
        let base: JSON = [
            "kind": "ldap", "servers": .array(ports.map { ["host": "127.0.0.1", "port": .int(Int64($0))] }),
            "authorities": .string(directory.authority), "bindDn": .string(TestDirectory.searchDN),
            "baseDn": .string(TestDirectory.base),
        ]
        return base.merging(more)
    }

    private func makeProvider(
        _ directory: TestDirectory, for admin: Visitor, ports: [Int]? = nil, settings: JSON = [:], _ more: JSON = [:]
    ) async throws -> Answer {
        let ports = ports ?? [directory.first.port]
        try admin.house.opened.open(ports)
        let body: JSON = [
            "name": "Directory", "createsUsers": .bool(true),
            "settings": Self.settings(directory, ports: ports, settings),
            "secret": .string(TestDirectory.searchPassword),
        ]
        let made = try await admin.call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.json)")
        return made
    }

    private func groups(of login: String, _ admin: Visitor) async throws -> Set<String> {
        let all = try await admin.call("groups.list").items
        var found: Set<String> = []
        for group in all {
            let members = try await admin.call("groups.members", [group["id"]?.text ?? ""]).items
            if members.contains(where: { $0["login"]?.text == login }) { found.insert(group["name"]?.text ?? "") }
        }
        return found
    }

    private func user(_ login: String, _ admin: Visitor) async throws -> JSON? {
        try await admin.call("users.list").items.first { $0["login"]?.text == login }
    }

    private func roles(_ user: JSON?) -> [String] {
        guard case .array(let roles)? = user?["roles"] else { return [] }
        return roles.compactMap { $0["builtIn"]?.text }.sorted()
    }

    @Test func `somebody of the directory is taken in, enrols, and comes back as the same person`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        let ann = Visitor(house: house, scope: scope, login: "ann")
        let first = try await ann.password(Self.password("ann"))
        // Whoever proved the person: the second factor is asked for.
        #expect(first.step == "enrol", "\(first.json)")
        try await ann.enrol(first["token"])
        #expect(try await ann.call("me.show").status == 200)
        let stored = try await user("ann", admin)
        #expect(stored?["name"]?.text == "Ann Archer")
        #expect(stored?["email"]?.text == "ann@example.org")
        #expect(roles(stored) == ["user"])
        for login in ["ann", "ANN"] {
            let again = try await ann.password(Self.password("ann"), login: login)
            #expect(again.step == "second-factor")
            let done = try await ann.open(
                "auth.second-factor", ["token": .string(again["token"]), "code": .string(ann.freshCode())])
            #expect(done.step == "done")
        }
        #expect(try await admin.call("users.list").items.count == 2)
        let links = try await admin.call("identity-providers.links", [provider["id"]]).items
        #expect(links.map { $0["user"]?.text } == [stored?["id"]?.text])
        #expect(links.first?["subject"]?.text?.count == 36)
    }

    @Test func `whoever is refused learns nothing, and the trail says why`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(directory, for: admin, ports: [directory.first.port])
        let nobody = Visitor(house: house, scope: scope, login: "nobody")
        let tries: [(login: String, password: String)] = [
            ("nobody", "x"), ("ann", "wrong"), ("cleo", Self.password("cleo")), ("*", Self.password("ann")),
            ("ann)(uid=*", Self.password("ann")), ("ａnn", Self.password("ann")), (" ann", Self.password("ann")),
            ("ann ", Self.password("ann")), ("а\u{301}nn", Self.password("ann")), ("ada", Self.password("ann")),
        ]
        var said: [JSON] = []
        for (login, password) in tries {
            let answer = try await nobody.password(password, login: login)
            #expect(answer.status == 401, "\(login): \(answer.json)")
            said.append(answer.essence)
        }
        await directory.first.stop()
        let down = try await nobody.password(Self.password("ann"), login: "ann")
        said.append(down.essence)
        #expect(Set(said.map { String(decoding: $0.bytes, as: UTF8.self) }).count == 1)
        #expect(try await admin.call("users.list").items.count == 1)
    }

    @Test func `an empty password is refused before anybody is asked`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(directory, for: admin)
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password("").status == 422)
        let identity = house.identity
        let answer = try await identity.gateway.password(
            login: "ann", Secret(""), from: "192.0.2.1", at: house.now, in: scope)
        #expect(answer == .refused)
        #expect(try await user("ann", admin) == nil)
    }

    @Test func `only those come in whom somebody took in, if the provider creates nobody`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin, ["createsUsers": .bool(false)])
        let (id, ben) = try await admin.take("ben")
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).status == 401)
        // Ben's account is nobody's of the directory until the administrator says that equal logins are equal people.
        #expect(try await ben.password(Self.password("ben")).status == 401)
        let changed = try await admin.call(
            "identity-providers.change", [provider["id"]], body: ["linksUsers": .bool(true)], version: 1)
        #expect(changed.status == 200)
        #expect(try await ben.password(Self.password("ben")).step == "second-factor")
        #expect(try await ben.password().step == "second-factor")
        let links = try await admin.call("identity-providers.links", [provider["id"]]).items
        #expect(links.map { $0["user"]?.text } == [id.text])
        // Another subject with the same login is another person.
        _ = try await house.test.superuser().execute("update identity_links set subject = 'somebody who left'")
        #expect(try await ben.password(Self.password("ben")).status == 401)
        #expect(try await admin.call("identity-providers.unlink", [provider["id"], id.text]).status == 204)
        #expect(try await ben.password(Self.password("ben")).step == "second-factor")
    }

    @Test func `rules give roles and groups through nested groups, and take back only what they gave`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        func group(_ name: String) async throws -> String {
            try await admin.call("groups.create", body: ["name": .string(name)])["id"]
        }
        let (operators, everybody, others) = (
            try await group("Operators"), try await group("Everybody"), try await group("Others")
        )
        let rules: JSON = [
            ["directoryGroup": "cn=ops,ou=groups,dc=example,dc=org", "group": .string(operators)],
            ["directoryGroup": "CN=All, OU=Groups, DC=Example, DC=Org", "group": .string(everybody)],
            ["directoryGroup": "staff", "role": "auditor"],
            ["directoryGroup": "other", "group": .string(others)],
        ]
        let provider = try await makeProvider(directory, for: admin, ["rules": rules])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(try await groups(of: "ann", admin) == ["Operators", "Everybody"])
        #expect(roles(try await user("ann", admin)) == ["auditor", "user"])
        // What is given by hand stays when the rules go.
        let id = try await user("ann", admin)?["id"]?.text ?? ""
        #expect(try await admin.call("groups.add-member", [others, id]).status == 204)
        let fewer = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: ["rules": [["directoryGroup": "all", "group": .string(everybody)]]], version: 1)
        #expect(fewer.status == 200)
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(try await groups(of: "ann", admin) == ["Everybody", "Others"])
        #expect(roles(try await user("ann", admin)) == ["user"])
        // By what the entries say themselves it comes to the same.
        let lookup = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: [
                "rules": rules,
                "settings": Self.settings(directory, ports: [directory.first.port], ["groups": "member-of"]),
            ], version: 2)
        #expect(lookup.status == 200, "\(lookup.json)")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(try await groups(of: "ann", admin) == ["Operators", "Everybody", "Others"])
        #expect(roles(try await user("ann", admin)) == ["auditor", "user"])
    }

    @Test func `the last administrator stays one, whatever the rules say`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(
            directory, for: admin, ["rules": [["directoryGroup": "staff", "role": "administrator"]]])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        try await ann.enrol(try await ann.password(Self.password("ann"))["token"])
        #expect(roles(try await user("ann", admin)) == ["administrator", "user"])
        let ada = try await user("ada", admin)?["id"]?.text ?? ""
        #expect(try await ann.call("users.disable", [ada]).status == 200)
        let none = try await ann.call(
            "identity-providers.change", [provider["id"]], body: ["rules": []], version: 1)
        #expect(none.status == 200)
        #expect(try await ann.password(Self.password("ann")).step == "second-factor")
        #expect(roles(try await user("ann", ann)) == ["administrator", "user"])
    }

    @Test
    func `wrong passwords lock the account under whichever name they come, and a directory that is down locks nobody`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(
            directory, for: admin,
            settings: ["userFilter": "(|(uid={login})(mail={login}))", "timeoutSeconds": .int(1)])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        for number in 0..<AttemptCounter.most {
            let login = number.isMultiple(of: 2) ? "ann@example.org" : "ann"
            #expect(try await ann.password("wrong", login: login).status == 401)
        }
        for login in ["ann", "ann@example.org"] {
            #expect(try await ann.password(Self.password("ann"), login: login).status == 401, "\(login)")
        }
        house.wait(AttemptLimits.firstWait + 1)
        #expect(try await ann.password(Self.password("ann"), login: "ann@example.org").step == "enrol")
        await directory.first.stop()
        for _ in 0...AttemptCounter.most { #expect(try await ann.password(Self.password("ann")).status == 401) }
        #expect(try await !house.isLocked("ann"))
    }

    @Test func `people come in within three seconds when the first server is gone or hangs`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(
            directory, for: admin, ports: [directory.first.port, directory.second.port],
            settings: ["attributes": ["subject": "uid", "login": "uid", "name": "cn", "email": "mail"]])
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        directory.first.signal(SIGSTOP)
        let start = ContinuousClock.now
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(ContinuousClock.now - start < .seconds(3))
        directory.first.signal(SIGCONT)
        await directory.first.stop()
        let again = ContinuousClock.now
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        #expect(ContinuousClock.now - again < .seconds(3))
    }

    @Test func `a sign-in does not outlive its provider`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        let ann = Visitor(house: house, scope: scope, login: "ann")
        try await ann.enrol(try await ann.password(Self.password("ann"))["token"])
        let begun = try await ann.password(Self.password("ann"))
        #expect(begun.step == "second-factor")
        let off = try await admin.call(
            "identity-providers.change", [provider["id"]], body: ["enabled": .bool(false)], version: 1)
        #expect(off.status == 200)
        let late = try await ann.open(
            "auth.second-factor", ["token": .string(begun["token"]), "code": .string(ann.freshCode())])
        #expect(late.problem == "sign-in-expired")
        #expect(try await ann.password(Self.password("ann")).status == 401)
    }

    @Test func `ssh and the command line ask the directory too`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        _ = try await makeProvider(directory, for: admin)
        let ann = Visitor(house: house, scope: scope, login: "ann")
        let gateway = house.identity.gateway
        func ask(_ password: String) async throws -> GatewaySignIn.PasswordAnswer {
            try await gateway.password(
                login: "ann", Secret(password), from: "192.0.2.1", at: house.now, in: scope)
        }
        guard case .finishInPortal = try await ask(Self.password("ann")) else {
            Issue.record("no second factor was asked for")
            return
        }
        try await ann.enrol(try await ann.password(Self.password("ann"))["token"])
        guard case .codeNeeded(let person, _) = try await ask(Self.password("ann")) else {
            Issue.record("the right password was refused")
            return
        }
        #expect(person.login == "ann")
        #expect(try await ask("wrong") == .refused)
        let cli = try await ann.open(
            "auth.cli",
            ["login": "ann", "password": .string(Self.password("ann")), "code": .string(ann.freshCode())])
        #expect(cli.status == 200, "\(cli.json)")
    }

    @Test
    func `whoever is shut there for good stays out though the directory takes the password, and leaves with a run`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(
            directory, for: admin, settings: ["baseDn": .string("ou=people,\(TestDirectory.base)")])["id"]
        let ben = Visitor(house: house, scope: scope, login: "ben")
        try await ben.enrol(try await ben.password(Self.password("ben"))["token"])
        func lock(at time: String) async throws {
            try await directory.change(
                """
                dn: uid=ben,ou=people,\(TestDirectory.base)
                changetype: modify
                replace: pwdAccountLockedTime
                pwdAccountLockedTime: \(time)

                """)
        }
        // Without a policy that says so, this server goes on with binds. A lock that ends by itself is the server's to keep.
        try await lock(at: "20260101000000Z")
        #expect(try await ben.password(Self.password("ben")).step == "second-factor")
        try await lock(at: "000001010000Z")
        let wrong = try await ben.password("wrong").essence
        #expect(try await ben.password(Self.password("ben")).essence == wrong)
        let refused = try #require(house.trail.refused("sign-in.password").last)
        #expect(refused.details["reason"]?.text == "disabled-at-provider", "\(refused.details)")
        #expect(try await ben.call("me.show").status == 200)
        for kind in ["preview", "run"] {
            let started = try await admin.call("identity-sync.start", [provider], body: ["kind": .string(kind)])
            let run = try #require(IdentitySyncRunID(started["id"]))
            try await house.identity.sync(run, attempt: 1, in: scope) { house.now }
            let done = try await admin.call("identity-sync.run", [provider, run.text]).json
            #expect(done["report"]?["inactive"]?["names"] == ["ben"], "\(done)")
            #expect(done["report"]?["leavers"]?["names"] == ["ben"], "\(done)")
        }
    }

    @Test func `a test shows each step, and changes nothing`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let id = try await makeProvider(
            directory, for: admin, ports: [directory.first.port, directory.second.port],
            ["rules": [["directoryGroup": "all", "role": "auditor"]]])["id"]
        func steps(_ body: JSON) async throws -> (steps: [String], Answer) {
            let answer = try await admin.call("identity-providers.test", [id], body: body)
            guard case .array(let steps)? = answer.json["steps"] else { return ([], answer) }
            return (steps.map { "\($0["name"]?.text ?? "") \($0["outcome"]?.text ?? "")" }, answer)
        }
        let good = try await steps(["login": "ann", "password": .string(Self.password("ann"))])
        #expect(
            good.steps == [
                "connect passed", "bind passed", "search passed", "password passed", "standing passed",
                "groups passed", "account passed",
                "rules passed",
            ], "\(good.1.json)")
        #expect(good.1["outcome"] == "created")
        #expect(good.1.json["profile"]?["login"]?.text == "ann")
        let without = try await steps(["login": "ann"])
        #expect(without.steps.contains("password skipped"))
        let wrong = try await steps(["login": "ann", "password": "wrong"])
        #expect(wrong.steps.last == "password failed")
        #expect(wrong.1["outcome"] == "refused")
        #expect(try await steps(["login": "nobody"]).steps.last == "search failed")
        #expect(try await steps(["login": "cleo"]).steps.last == "search failed")
        await directory.first.stop()
        let second = try await steps(["login": "ann"])
        #expect(Array(second.steps.prefix(2)) == ["connect failed", "connect passed"])
        await directory.second.stop()
        let down = try await steps(["login": "ann"])
        #expect(down.steps == ["connect failed", "connect failed"])
        #expect(try await admin.call("users.list").items.count == 1)
    }
}
