import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Vault

@Suite struct AccountTests {
    @Test func `an account is made once on an asset that exists here`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root")
        #expect(made["assetName"] == "web-1" && made.json["hasSecret"] == false)
        #expect(try await safe.create("root").problem == "account-name-taken")
        #expect(try await safe.create("Root").status == 201)
        #expect(try await safe.create("a b").status == 422)
        let theirs = try await safe.stage.makeTenant("bolt")
        let server = try await safe.stage.makeAsset("db", accounts: [], in: theirs)
        for asset in [server, AssetID.new()] {
            let answer = try await safe.call(
                "accounts.create", [], ["asset": .string(asset.text), "name": "x", "kind": "password"])
            #expect(answer.problem == "unknown-account-asset")
        }
    }

    @Test func `a change needs the version that was read`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root")
        _ = try await safe.create("deploy")
        let path = [made["id"]]
        #expect(try await safe.call("accounts.change", path, ["name": "toor"]).status == 428)
        #expect(try await safe.call("accounts.change", path, ["name": "toor"], version: 7).status == 412)
        #expect(
            try await safe.call("accounts.change", path, ["name": "deploy"], version: 1).problem == "account-name-taken"
        )
        let changed = try await safe.call("accounts.change", path, ["name": "toor", "privileged": true], version: 1)
        #expect(changed["name"] == "toor" && changed.json["privileged"] == true && changed.version == 2)
    }

    @Test func `who makes little of an account without looking after flows has arranged its asset`() async throws {
        let safe = try await Safe()
        func arranged(_ name: String, _ path: [String], _ body: JSON, managing: Bool, version: Int? = nil)
            async throws -> (id: String, Int)
        {
            try await safe.stage.database.execute("delete from asset_arrangements", in: safe.scope)
            let answer = try await safe.stage.call(
                safe.endpoints, name, path, body: body, by: safe.admin,
                permissions: ["accounts.manage"] + (managing ? ["flows.manage"] : []), version: version, in: safe.scope)
            #expect(answer.status < 300, "\(answer.json)")
            return (
                answer["id"],
                try await safe.stage.count(
                    """
                    select count(*) from asset_arrangements
                    where asset_id = \(safe.asset) and user_id = \(safe.admin) and not gave_owner
                    """, in: safe.scope)
            )
        }
        func account(_ name: String, privileged: Bool) -> JSON {
            [
                "asset": .string(safe.asset.text), "name": .string(name), "kind": "password",
                "privileged": .bool(privileged),
            ]
        }
        #expect(try await arranged("accounts.create", [], account("deploy", privileged: false), managing: true).1 == 0)
        #expect(try await arranged("accounts.create", [], account("app", privileged: false), managing: false).1 == 1)
        let (id, count) = try await arranged("accounts.create", [], account("root", privileged: true), managing: false)
        #expect(count == 0)
        // What changes, and whether it counts.
        let changes: [(JSON, Bool, Int)] = [
            (["name": "toor"], false, 1), (["privileged": false], false, 1), (["privileged": true], false, 0),
            (["privileged": false], true, 0), (["name": "web"], false, 1), (["name": "web"], false, 0),
        ]
        for (index, (body, managing, count)) in changes.enumerated() {
            let counted = try await arranged("accounts.change", [id], body, managing: managing, version: index + 1).1
            #expect(counted == count, "\(index)")
        }
    }

    @Test func `an account goes with its secrets, and with its asset`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", "x")
        _ = try await safe.create("deploy", "y")
        #expect(try await safe.call("accounts.delete", [made["id"]]).status == 204)
        #expect(try await safe.stage.count("select count(*) from secrets", in: safe.scope) == 1)
        try await safe.stage.database.execute("delete from assets", in: safe.scope)
        #expect(try await safe.stage.count("select count(*) from secrets", in: safe.scope) == 0)
        #expect(try await safe.call("accounts.list").items.isEmpty)
    }

    @Test func `another tenant finds no account and no secret`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", "x")
        let theirs = try await safe.stage.makeTenant("bolt")
        let path = [made["id"]]
        #expect(try await safe.call("accounts.show", path, in: theirs).status == 404)
        #expect(try await safe.reveal(made["id"], in: theirs).status == 404)
        #expect(try await safe.call("accounts.set-secret", path, ["secret": "y"], in: theirs).status == 404)
        #expect(try await safe.call("accounts.change", path, ["name": "z"], version: 1, in: theirs).status == 404)
        #expect(try await safe.call("accounts.delete", path, in: theirs).status == 404)
        #expect(try await safe.call("accounts.list", in: theirs).items.isEmpty)
        #expect(try await safe.reveal(made["id"])["secret"] == "x")
    }

    @Test func `every filter and order of the list runs`() async throws {
        let safe = try await Safe()
        _ = try await safe.create("root")
        for page in Account.listing.samples { _ = try await safe.vault.list(page, in: safe.scope) }
        let page = try PageRequest.parse(#"assetName eq "web-1" and kind eq "password""#, Account.listing)
        #expect(try await safe.vault.list(page, in: safe.scope).rows.count == 1)
    }
}
