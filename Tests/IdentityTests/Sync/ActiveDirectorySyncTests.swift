import Foundation
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import Identity

/// People of a real Active Directory, kept up with.
@Suite(.serialized, .enabled(if: TestActiveDirectory.isThere)) struct ActiveDirectorySyncTests: ActiveDirectoryStage {
    static let password = TestActiveDirectory.password

    private func dn(_ name: String) -> String { TestActiveDirectory.dn(name, in: "OU=Leavers") }

    /// Somebody who came in with the directory's password, and what they have open.
    private func enter(_ login: String, _ house: House, _ scope: TenantScope) async throws -> Visitor {
        let visitor = Visitor(house: house, scope: scope, login: login)
        try await visitor.enrol(try await visitor.password(Self.password(login))["token"])
        #expect(try await visitor.call("me.show").status == 200)
        return visitor
    }

    @Test func `whoever is disabled, expires or is deleted there is shut out here, and comes back with the account`()
        async throws
    {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(of: directory, below: "OU=Leavers", for: admin)
        _ = try await preview(provider, admin)
        let first = try await run(provider, admin)
        #expect(names(first, "created") == ["kim", "lea", "max", "noa", "pia"], "\(first)")
        #expect(
            try await change(
                provider, ["disablesLeavers": .bool(true), "leaverPercent": .int(90)], admin
            ).status == 200)
        let lea = try await enter("lea", house, scope)
        let max = try await enter("max", house, scope)
        let noa = try await enter("noa", house, scope)
        let pia = try await enter("pia", house, scope)
        try await directory.set("userAccountControl", "514", of: dn("lea"))
        try await directory.set("accountExpires", "133000000000000000", of: dn("max"))
        try await directory.change("dn: \(dn("noa"))\nchangetype: delete\n")
        // Nobody is asked while a session lasts, so it lasts until the next run.
        #expect(try await lea.call("me.show").status == 200)
        let done = try await run(provider, admin)
        #expect(names(done, "disabled") == ["lea", "max", "noa"], "\(done)")
        #expect(names(done, "leavers") == ["lea", "max", "noa"])
        #expect(names(done, "inactive").sorted() == ["lea", "max"])
        for visitor in [lea, max, noa] {
            #expect(try await visitor.call("me.show").status == 401, "\(visitor.login)")
            #expect(try await visitor.password(Self.password(visitor.login)).status == 401, "\(visitor.login)")
        }
        #expect(try await pia.call("me.show").status == 200)
        // A second time there is nothing to do.
        let again = try await run(provider, admin)
        #expect(names(again, "disabled") == [] && names(again, "leavers") == [] && names(again, "enabled") == [])
        // Whom the run shut out is let in with the account; whom an administrator has shut out is not.
        #expect(try await admin.call("users.disable", [try await id(of: "pia", admin)]).status == 200)
        try await directory.set("userAccountControl", "512", of: dn("lea"))
        try await directory.set("accountExpires", "0", of: dn("max"))
        let back = try await run(provider, admin)
        #expect(names(back, "enabled") == ["lea", "max"], "\(back)")
        #expect(back["report"]?["inactive"]?["count"] == 0)
        let states = try await users(admin).mapValues { $0["state"]?.text ?? "" }
        #expect(
            states == [
                "ada": "active", "kim": "active", "lea": "active", "max": "active", "noa": "disabled",
                "pia": "disabled",
            ])
        // What was open before is not open again.
        #expect(try await lea.call("me.show").status == 401)
        #expect(try await lea.password(Self.password("lea")).step == "second-factor")
    }

    private func id(of login: String, _ admin: Visitor) async throws -> String {
        try await users(admin)[login]?["id"]?.text ?? ""
    }

    @Test func `nobody is taken in who is switched off there, and managers come along`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(of: directory, below: "OU=Staff", for: admin)
        let preview = try await preview(provider, admin)
        #expect(names(preview, "inactive").sorted() == ["dora", "ed"], "\(preview)")
        _ = try await run(provider, admin)
        // Whose password is over, or who has locked themselves out, still works there.
        let people = try await users(admin)
        #expect(people.keys.sorted() == ["ada", "ann", "ben", "flo", "gil", "hal"])
        let ben = try await admin.call("users.show", [people["ben"]?["id"]?.text ?? ""]).json
        #expect(ben["manager"]?["id"]?.text == people["ann"]?["id"]?.text, "\(ben)")
    }

    @Test func `groups come in with those of whom they are the primary one, and with nobody who is switched off`()
        async throws
    {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(
            of: directory, below: "OU=Staff", for: admin,
            settings: ["groupBaseDn": .string("OU=Groups,\(Self.base)")])
        let changed = try await change(
            provider, ["importsGroups": .bool(true), "groupFilter": "(!(sAMAccountName=twin))"], admin)
        #expect(changed.status == 200, "\(changed.json)")
        _ = try await preview(provider, admin)
        let done = try await run(provider, admin)
        #expect(done["state"] == "done", "\(done)")
        var members: [String: [String]] = [:]
        for group in try await admin.call("groups.list").items {
            let items = try await admin.call("groups.members", [group["id"]?.text ?? ""]).items
            members[group["name"]?.text ?? ""] = items.compactMap { $0["login"]?.text }.sorted()
        }
        #expect(
            members == [
                "ops": ["ann"], "team": ["ann"], "everybody": ["ann"], "crew": ["ben"], "house": ["ben"],
            ])
    }

    @Test func `more people than a page has are read to the last one`() async throws {
        let directory = try await TestActiveDirectory.shared.value
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(of: directory, below: "OU=Many", for: admin)
        let preview = try await preview(provider, admin)
        #expect(preview["state"] == "done", "\(preview)")
        #expect(preview["entries"] == .int(Int64(TestActiveDirectory.many)))
        #expect(preview["report"]?["created"]?["count"] == .int(Int64(TestActiveDirectory.many)))
    }
}
