import Foundation
import HTTPAPI
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A secret's way through a whole server: asked for, agreed to, seen by one person, told to the owner, and over.
@Suite(.timeLimit(.minutes(5))) struct CheckOutJourneyTests {
    private let secret = "journey-secret-\(UUID().uuidString)"

    private func join(_ login: String, _ ada: Person) async throws -> (person: Person, id: String) {
        let made = try await ada.call(
            .post, "/users", ["login": .string(login), "name": .string(login)], expecting: 201)
        let person = Person(installation: ada.installation, slug: ada.slug, login: login)
        try await person.comeIn(by: made["invitationUrl"])
        return (person, made["id"])
    }

    private func titles(_ person: Person) async throws -> [String] {
        try await person.call(.get, "/my/notices", expecting: 200).items.compactMap { $0["title"]?.text }
    }

    @Test func `whoever may show no secrets gets one for a while, and its owner hears of each look`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol, rita) = (try await join("bob", ada), try await join("carol", ada), try await join("rita", ada))
        let nora = try await join("nora", ada)
        let above = try await ada.call(
            .post, "/nodes", ["name": "estate", "owner": .string(nora.id)], expecting: 201)
        let node = try await ada.call(
            .post, "/nodes", ["name": "web", "parent": .string(above["id"])], expecting: 201)
        let asset = try await ada.call(
            .post, "/assets",
            [
                "name": "web-1", "address": "web-1.example", "owner": .string(carol.id),
                "nodes": [.string(node["id"])],
            ], expecting: 201)
        let account = try await ada.call(
            .post, "/accounts",
            ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": .string(secret)],
            expecting: 201)
        try await ada.call(
            .post, "/flows",
            [
                "name": "Secrets", "isDefault": false, "conditions": ["kinds": ["secret"], "privileged": true],
                "levels": [["name": "Lead", "approvers": [["user": .string(bob.id)]]]],
            ], expecting: 201)
        try await ada.call(
            .post, "/flows",
            [
                "name": "Everything", "isDefault": true,
                "levels": [["name": "Lead", "approvers": [["user": .string(carol.id)]]]],
            ], expecting: 201)
        #expect(
            try await rita.person.call(.post, "/accounts/\(account["id"])/reveal", ["reason": "curious"]).status == 403)
        func ask() async throws -> Answer {
            try await rita.person.call(
                .post, "/tickets",
                [
                    "kind": "secret", "reason": "The console alone answers", "assets": [.string(asset["id"])],
                    "accounts": ["root"], "durationSeconds": 3_600,
                ], expecting: 201)
        }
        func approve(_ asked: Answer) async throws {
            let read = try await bob.person.call(.get, "/tickets/\(asked["id"])", expecting: 200)
            try await bob.person.call(
                .post, "/tickets/\(asked["id"])/decision",
                ["outcome": "approved", "digest": .string(read["digest"])], expecting: 200)
        }
        let asked = try await ask()
        #expect(asked["flowName"] == "Secrets")
        #expect(try await rita.person.call(.get, "/my/check-outs", expecting: 200).items.isEmpty)
        try await eventually("who decides is told that it is a secret", within: .seconds(20)) {
            try await bob.person.call(.get, "/my/notices", expecting: 200).text.contains("the secret of web-1 (root)")
        }
        try await approve(asked)

        let mine = try await rita.person.call(.get, "/my/check-outs", expecting: 200).items
        let id = try #require(mine.first?["id"]?.text)
        #expect(mine.first?["ticket"]?.text == asked["id"] && mine.first?["state"] == "active")
        let shown = try await rita.person.call(.post, "/my/check-outs/\(id)/show", expecting: 200)
        #expect(shown["secret"] == secret)
        // Whoever agreed is not whoever sees it.
        #expect(try await bob.person.call(.post, "/my/check-outs/\(id)/show").status == 404)
        try await eventually("who answers for the asset is told", within: .seconds(20)) {
            try await titles(carol.person).contains("rita has seen the secret of root on web-1")
        }
        try await ada.call(.post, "/accounts/\(account["id"])/reveal", ["reason": "to compare"], expecting: 200)
        try await eventually("of administrators as well", within: .seconds(20)) {
            try await titles(carol.person).filter { $0.hasSuffix("has seen the secret of root on web-1") }.count == 2
        }
        let all = try await ada.call(.get, "/check-outs", expecting: 200)
        #expect(all.items.first?["userName"] == "rita" && all.items.first?["shownCount"] == 1)
        #expect(try await rita.person.call(.get, "/check-outs").status == 403)
        for text in [
            all.text, try await ada.call(.get, "/audit-events?limit=100").text,
            try await carol.person.call(.get, "/my/notices").text,
            try await ada.call(.get, "/tickets/\(asked["id"])").text,
        ] {
            #expect(!text.contains(secret))
        }
        // What she has seen she knows after the end: whoever answers for it hears that, and she that her time is over.
        try await rita.person.call(.post, "/my/check-outs/\(id)/check-in", expecting: 200)
        for owner in [carol.person, nora.person] {
            try await eventually("owners are told that it should be changed", within: .seconds(20)) {
                try await titles(owner).contains("The secret of root on web-1 should be changed")
            }
        }
        #expect(try await !titles(nora.person).contains { $0.contains("has seen") })
        try await eventually("whoever had it is told of the end", within: .seconds(20)) {
            try await titles(rita.person).contains("Your time with the secret of root on web-1 has ended")
        }
        #expect(try await !titles(rita.person).contains { $0.contains("should be changed") })
        func known() async throws -> [String] {
            try await ada.call(.get, "/accounts?filter=isKnown%20eq%20true", expecting: 200).items.compactMap {
                $0["known"]?["userName"]?.text
            }
        }
        #expect(try await known() == ["rita"])
        let next = "one that nobody has seen"
        try await ada.call(
            .post, "/accounts/\(account["id"])/secret", ["secret": .string(next)], expecting: 200)
        #expect(try await known().isEmpty)
        // Given again.
        try await approve(try await ask())
        let held = try await rita.person.call(.get, "/my/check-outs?filter=state%20eq%20%22active%22", expecting: 200)
        let again = try #require(held.items.first?["id"]?.text)
        #expect(try await rita.person.call(.post, "/my/check-outs/\(again)/show", expecting: 200)["secret"] == next)
        // What is denied to her no approval from before opens.
        try await ada.call(
            .post, "/grants",
            [
                "name": "Never Rita", "effect": "deny", "users": [.string(rita.id)], "assets": [.string(asset["id"])],
                "accounts": [["kind": "name", "name": "root"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
        let denied = try await rita.person.call(.post, "/my/check-outs/\(again)/show")
        #expect(denied.status == 409 && !denied.text.contains(next), "\(denied.text)")
        // Somebody who is disabled has nothing any more.
        try await ada.call(.post, "/users/\(rita.id)/disable", expecting: 200)
        try await eventually("it ends with its holder", within: .seconds(20)) {
            try await ada.call(.get, "/check-outs", expecting: 200).items.first?["endedBecause"] == "holder-gone"
        }
    }
}
