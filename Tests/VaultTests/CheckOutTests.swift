import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite struct CheckOutTests {
    private let password = "amber ≠ Ωamber 9!"

    /// An account with a secret, somebody who was given it, and somebody else.
    private struct Counter {
        let safe: Safe
        let account: AccountID
        let rita: UserID
        let bob: UserID
        let endpoints: [MountedEndpoint]

        init(_ password: String, exclusive: Bool = false) async throws {
            safe = try await Safe()
            let made = try await safe.create("root", password)
            account = try #require(AccountID(made["id"]))
            if exclusive {
                let changed = try await safe.call(
                    "accounts.change", [made["id"]], ["exclusive": true], version: made.json["version"]?.whole)
                #expect(changed.status == 200 && changed.json["exclusive"] == true, "\(changed.json)")
            }
            rita = try await safe.stage.makeUser("rita", in: safe.scope)
            bob = try await safe.stage.makeUser("bob", in: safe.scope)
            endpoints = safe.stage.mount(CheckOutRoutes.group, on: safe.vault)
        }

        func call(
            _ name: String, _ path: [String] = [], _ body: JSON? = nil, by user: UserID? = nil,
            in scope: TenantScope? = nil
        ) async throws -> Answer {
            try await safe.stage.call(
                endpoints, "check-outs." + name, path, body: body, by: user ?? rita, in: scope ?? safe.scope)
        }

        func give(
            to user: UserID? = nil, from start: TimeInterval = 0, for length: TimeInterval = 3600
        ) async throws -> String {
            let now = safe.stage.now
            return try await safe.stage.database.transaction(in: safe.scope) { transaction in
                try await safe.vault.checkOut(
                    SecretLoan(
                        account: account, user: user ?? rita, ticket: .new(at: now), number: 7,
                        startsAt: now.addingTimeInterval(start), endsAt: now.addingTimeInterval(start + length)),
                    at: now, audit: .discarding, in: safe.scope, transaction
                ).text
            }
        }

        func events() async throws -> [String] {
            try await safe.stage.database.query(
                "select type from events where tenant_id = \(safe.scope.tenant) order by sequence", in: safe.scope
            ) { try $0.next(String.self) }.filter { $0.hasPrefix("secret.") }
        }

        func ended(_ id: String) async throws -> CheckOut? {
            try await CheckOutStore().find(
                try #require(CheckOutID(id)), in: safe.scope, safe.stage.database)
        }
    }

    @Test func `whoever was given a secret sees it until they give it back, and nobody else does`() async throws {
        let counter = try await Counter(password)
        let id = try await counter.give()
        counter.safe.stage.wait(1)
        let shown = try await counter.call("show", [id])
        #expect(shown.status == 200 && shown["secret"] == password && shown["name"] == "root", "\(shown.json)")
        #expect(try await counter.call("show", [id], by: counter.bob).status == 404)
        #expect(try await counter.call("check-in", [id], by: counter.bob).status == 404)
        #expect(try await counter.call("mine", by: counter.bob).items.isEmpty)
        let mine = try await counter.call("mine").items
        #expect(mine.first?["id"]?.text == id && mine.first?["shownCount"] == 1)
        #expect(mine.first?["secret"] == nil && !"\(mine)".contains(password))

        counter.safe.stage.wait(1)
        let back = try await counter.call("check-in", [id])
        #expect(back.status == 200 && back["state"] == "ended" && back["endedBecause"] == "checked-in")
        #expect(try await counter.call("show", [id]).problem == "check-out-not-open")
        #expect(try await counter.call("check-in", [id]).problem == "check-out-not-open")
        #expect(try await counter.events() == ["secret.checked-out", "secret.shown", "secret.checked-in"])
        let lines = try await counter.safe.stage.trail.records("order by at, audit_event_id", in: counter.safe.scope)
        let looked = lines.filter { $0.action == "account.secret-shown" && $0.outcome == .success }
        #expect(looked.count == 1 && looked.first?.actor.id == counter.rita.text)
        #expect(looked.first?.details["checkOut"]?.text == id && looked.first?.details["request"] == "#7")
    }

    @Test func `it is shown from its start to its end, and the sweep says once that it is over`() async throws {
        let counter = try await Counter(password)
        let id = try await counter.give(from: 60, for: 600)
        #expect(try await counter.call("show", [id]).problem == "check-out-not-open")
        counter.safe.stage.wait(60)
        #expect(try await counter.call("show", [id]).status == 200)
        // Of two secrets the account's is shown.
        let next = "another one of them"
        #expect(
            try await counter.safe.call("accounts.set-secret", [counter.account.text], ["secret": .string(next)]).status
                == 200)
        #expect(try await counter.call("show", [id])["secret"] == next)
        #expect(try await counter.safe.vault.endDueCheckOuts(at: counter.safe.stage.now) == 0)
        counter.safe.stage.wait(600)
        // Nobody has swept yet.
        #expect(try await counter.call("show", [id]).problem == "check-out-not-open")
        #expect(try await counter.safe.vault.endDueCheckOuts(at: counter.safe.stage.now) == 1)
        #expect(try await counter.safe.vault.endDueCheckOuts(at: counter.safe.stage.now) == 0)
        #expect(try await counter.ended(id)?.endedBecause == .time)
        #expect(try await counter.events().filter { $0 == "secret.checked-in" }.count == 1)
    }

    @Test func `what stands in the way of one company's end keeps no other's open`() async throws {
        let counter = try await Counter(password)
        let stage = counter.safe.stage
        _ = try await counter.give(for: 600)
        var others: [(scope: TenantScope, id: CheckOutID)] = []
        for number in 0..<5 {
            let scope = try await stage.makeTenant("other-\(number)")
            let user = try await stage.makeUser("rita", in: scope)
            let asset = try await stage.makeAsset("web-1", accounts: [], in: scope)
            let made = try await stage.call(
                counter.safe.endpoints, "accounts.create",
                body: ["asset": .string(asset.text), "name": "root", "kind": "password", "secret": "amber"], by: user,
                in: scope)
            let account = try #require(AccountID(made["id"]))
            let id = try await stage.database.transaction(in: scope) { transaction in
                try await counter.safe.vault.checkOut(
                    SecretLoan(
                        account: account, user: user, ticket: .new(at: stage.now), number: 1, startsAt: stage.now,
                        endsAt: stage.now.addingTimeInterval(600)),
                    at: stage.now, audit: .discarding, in: scope, transaction)
            }
            others.append((scope, id))
        }
        let superuser = try await stage.test.superuser()
        try await superuser.run(
            script: """
                create function stand_in_the_way() returns trigger language plpgsql as
                  $$ begin raise exception 'not now'; end $$;
                create trigger stands_in_the_way before update on secret_checkouts for each row
                  when (old.tenant_id = '\(counter.safe.scope.tenant.uuid.uuidString)')
                  execute function stand_in_the_way();
                """)
        stage.wait(601)
        await #expect(throws: (any Error).self) { try await counter.safe.vault.endDueCheckOuts(at: stage.now) }
        for other in others {
            #expect(try await CheckOutStore().find(other.id, in: other.scope, stage.database)?.state == .ended)
        }
        try await superuser.run(script: "drop trigger stands_in_the_way on secret_checkouts")
        #expect(try await counter.safe.vault.endDueCheckOuts(at: stage.now) == 1)
    }

    @Test func `it is taken back with a reason, and ends with its holder`() async throws {
        let counter = try await Counter(password)
        let (first, second) = (try await counter.give(), try await counter.give(to: counter.bob))
        let taken = try await counter.call("revoke", [first], ["reason": "the night is over"], by: counter.safe.admin)
        #expect(taken.status == 200 && taken["endedBecause"] == "revoked", "\(taken.json)")
        #expect(try await counter.call("show", [first]).problem == "check-out-not-open")
        let lines = try await counter.safe.stage.trail.records("order by at, audit_event_id", in: counter.safe.scope)
        #expect(
            lines.contains {
                $0.action == "account.check-out-revoked" && $0.details["reason"] == "the night is over"
                    && $0.details["user"]?.text == counter.rita.text
            })
        try await counter.safe.vault.endCheckOuts(
            of: counter.bob, at: counter.safe.stage.now, in: counter.safe.scope)
        #expect(try await counter.ended(second)?.endedBecause == .holderGone)
        #expect(try await counter.call("show", [second], by: counter.bob).problem == "check-out-not-open")
    }

    @Test func `what somebody has seen is known after the end, until the account has another secret`() async throws {
        let counter = try await Counter(password)
        let id = counter.account.text
        func known() async throws -> JSON? {
            let account = try await counter.safe.call("accounts.show", [id]).json["known"]
            let listed = try await counter.safe.vault.list(
                PageRequest.parse("isKnown eq true", Account.listing), in: counter.safe.scope
            ).rows.map(\.id)
            #expect(listed == (account == nil || account == .null ? [] : [counter.account]))
            return account == .null ? nil : account
        }
        // Whoever has not looked knows nothing.
        #expect(try await counter.call("check-in", [counter.give()]).status == 200)
        #expect(try await known() == nil)
        counter.safe.stage.wait(1)
        let first = try await counter.give()
        #expect(try await counter.call("show", [first]).status == 200)
        // Nothing is to be changed under the hands of whoever has it.
        #expect(try await known() == nil)
        let back = try await counter.call("check-in", [first])
        #expect(back.json["isKnown"] == true)
        let one = try #require(try await known())
        #expect(one["user"]?.text == counter.rita.text && one["userName"] == "Rita" && one["people"] == 1)
        #expect(one["endedAt"] == back.json["endedAt"])

        counter.safe.stage.wait(60)
        let (second, third) = (try await counter.give(to: counter.bob), try await counter.give())
        for (one, user) in [(second, counter.bob), (third, counter.rita)] {
            #expect(try await counter.call("show", [one], by: user).status == 200)
        }
        _ = try await counter.call("revoke", [second], ["reason": "over"], by: counter.safe.admin)
        let both = try #require(try await known())
        #expect(both["user"]?.text == counter.bob.text && both["people"] == 2)

        #expect(
            try await counter.safe.call("accounts.set-secret", [id], ["secret": "another one of them"]).status == 200)
        #expect(try await known() == nil)
        // What was seen of the one before is of no use, whenever it ends.
        counter.safe.stage.wait(1)
        #expect(try await counter.call("check-in", [third]).json["isKnown"] == false)
        #expect(try await known() == nil)
        let ends = try await counter.safe.stage.database.query(
            """
            select data from events where tenant_id = \(counter.safe.scope.tenant) and type = 'secret.checked-in'
            order by sequence
            """, in: counter.safe.scope
        ) { try $0.next(JSON.self) }
        #expect(ends.map { $0["wasShown"] } == [false, true, true, true])
        #expect(ends.map { $0["isKnown"] } == [false, true, true, false])
    }

    @Test func `its holder is told of the end before it comes, once, and not of one that came sooner`() async throws {
        let counter = try await Counter(password)
        let now = counter.safe.stage.now
        _ = try await counter.give(for: 7_200)
        let back = try await counter.give(to: counter.bob, for: 7_200)
        #expect(try await counter.call("check-in", [back], by: counter.bob).status == 200)
        func told(at seconds: TimeInterval) async throws -> Int {
            _ = try await counter.safe.vault.remindOfCheckOutEnds(at: now.addingTimeInterval(seconds))
            return try await counter.events().count { $0 == "secret.ending-soon" }
        }
        #expect(try await told(at: 6_599) == 0)
        #expect(try await told(at: 6_600) == 1)
        #expect(try await told(at: 6_660) == 1)
        // A server that was away for the whole of it says nothing of what is over.
        _ = try await counter.give(for: 3_600)
        #expect(try await told(at: 7_200) == 1)
    }

    @Test func `an account that is out with one person at a time is given to one of many, and again when it is back`()
        async throws
    {
        let counter = try await Counter(password, exclusive: true)
        let given = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do { return try await counter.give() } catch VaultError.isOut { return nil }
                }
            }
            return try await group.reduce(into: [String]()) { if let id = $1 { $0.append(id) } }
        }
        #expect(given.count == 1)
        func isTaken(from start: TimeInterval) async throws -> Bool? {
            let now = counter.safe.stage.now
            return try await counter.safe.stage.database.transaction(in: counter.safe.scope) { transaction in
                try await counter.safe.vault.lendable(
                    AccountName(parsing: "root"), on: counter.safe.asset, from: now.addingTimeInterval(start),
                    to: now.addingTimeInterval(start + 60), at: now, in: counter.safe.scope, transaction)?.isTaken
            }
        }
        #expect(try await isTaken(from: 3599) == true)
        #expect(try await isTaken(from: 3600) == false)
        // Later than that it is free, and for a time that reaches into it not.
        await #expect(throws: VaultError.isOut) { try await counter.give(to: counter.bob, from: -60, for: 120) }
        let later = try await counter.give(to: counter.bob, from: 3600)
        #expect(try await counter.call("check-in", [given[0]]).status == 200)
        _ = try await counter.give(for: 3600)
        await #expect(throws: VaultError.isOut) { try await counter.give(from: 3600) }
        #expect(try await counter.ended(later)?.state == .active)
        // Without the mark there is no such bound.
        let free = try await Counter(password)
        _ = try await free.give()
        _ = try await free.give(to: free.bob)
    }

    @Test func `what is denied to its holder meanwhile is not shown, and nothing is given to whom it is denied`()
        async throws
    {
        let counter = try await Counter(password)
        let id = try await counter.give()
        counter.safe.barred.people.withLock { $0 = [counter.rita] }
        let refused = try await counter.call("show", [id])
        #expect(refused.problem == "check-out-not-open" && refused["secret"].isEmpty, "\(refused.json)")
        #expect(try await counter.ended(id)?.shownCount == 0)
        #expect(try await counter.events() == ["secret.checked-out"])
        await #expect(throws: VaultError.barred) { try await counter.give() }
        _ = try await counter.give(to: counter.bob)
        counter.safe.barred.people.withLock { $0 = [] }
        #expect(try await counter.call("show", [id])["secret"] == password)
    }

    @Test func `another tenant finds none, and nothing in the database or its events tells the secret`() async throws {
        let counter = try await Counter(password)
        let id = try await counter.give()
        #expect(try await counter.call("show", [id]).status == 200)
        let other = try await counter.safe.stage.makeTenant("other")
        #expect(try await counter.call("list", in: other).items.isEmpty)
        #expect(try await counter.call("revoke", [id], ["reason": "curious"], in: other).status == 404)
        #expect(try await counter.call("show", [id], in: other).status == 404)
        for page in CheckOut.listing.samples {
            _ = try await counter.safe.vault.listCheckOuts(page, in: counter.safe.scope)
        }
        let dump = try await counter.safe.stage.dump()
        #expect(dump.contains("secret.shown") && !dump.contains(password))
    }

    @Test func `a look that the trail cannot record does not happen`() async throws {
        let counter = try await Counter(password)
        let id = try await counter.give()
        let superuser = try await counter.safe.stage.test.superuser()
        _ = try await superuser.execute("revoke insert on audit_events from gatehouse_app")
        let refused = try await counter.call("show", [id])
        #expect(refused.status >= 500 && !String(decoding: refused.bytes, as: UTF8.self).contains("amber"))
        _ = try await superuser.execute("grant insert on audit_events to gatehouse_app")
        #expect(try await counter.ended(id)?.shownCount == 0)
        #expect(try await counter.call("show", [id])["secret"] == password)
    }

    @Test func `to show one takes a recent second factor, and its answer is not kept`() throws {
        let show = try #require(CheckOutRoutes.group.operations.first { $0.name == "check-outs.show" })
        #expect(show.stepUp == .recent && show.permission == .secretsMine)
    }
}

extension JSON {
    fileprivate var whole: Int? { if case .int(let number) = self { Int(number) } else { nil } }
}
