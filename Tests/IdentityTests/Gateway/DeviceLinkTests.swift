import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Identity

/// Somebody at a terminal signs in with a browser.
@Suite struct DeviceLinkTests {
    struct Scene {
        let house: House
        let scope: TenantScope
        let admin: Visitor
        let ann: Visitor
        let annID: UserID

        init() async throws {
            house = try await House()
            (scope, admin) = try await house.makeTenant()
            (annID, ann) = try await admin.take("ann")
        }

        func open(_ login: String = "ann", _ admission: AdmissionID = .new()) async throws -> (
            AdmissionID, token: String, code: String
        ) {
            let link = try await house.identity.gateway.openLink(
                admission, login: login, from: "198.51.100.7", at: house.now, in: scope)
            let opened = try #require(link)
            #expect(opened.url.hasPrefix("http://acme.localhost:8080/device#"))
            return (admission, String(opened.url.split(separator: "#").last ?? ""), opened.code)
        }

        func outcome(_ admission: AdmissionID, _ login: String = "ann") async throws -> DeviceLinkOutcome {
            try await house.identity.gateway.outcome(
                of: admission, login: login, at: house.now, in: scope)
        }

        func decide(_ token: String, isMe: Bool = true, as visitor: Visitor) async throws -> Answer {
            try await visitor.call("me.confirm-device", body: ["token": .string(token), "isMe": .bool(isMe)])
        }
    }

    @Test func `whoever confirms in the portal is in at the terminal, once`() async throws {
        let scene = try await Scene()
        let (admission, token, code) = try await scene.open()
        #expect(try await scene.outcome(admission) == .waiting)
        let shown = try await scene.ann.call("me.show-device", body: ["token": .string(token)])
        #expect(shown.status == 200, "\(shown.json)")
        #expect(shown["code"] == code && shown["login"] == "ann" && shown["clientAddress"] == "198.51.100.7")
        #expect(try await scene.decide(token, as: scene.ann).status == 204)
        #expect(try await scene.decide(token, as: scene.ann).status == 404)
        #expect(
            try await scene.outcome(admission) == .confirmed(scene.annID, byProvider: false, showing: .authenticator))
        #expect(try await scene.outcome(admission) == .over)
    }

    @Test func `what was shown in the browser has to count at the terminal, too`() async throws {
        let scene = try await Scene()
        func allow(_ factors: JSON, from source: JSON) async throws {
            let version = try await scene.admin.call("factor-rules.show").version
            _ = try await scene.admin.call("me.step-up", body: ["code": .string(scene.admin.freshCode())])
            let rule: JSON = [
                "name": "terminals", "everyone": true, "entrances": ["ssh"], "sources": [source], "action": "require",
                "factors": factors,
            ]
            let body: JSON = ["level": "all", "rules": [rule]]
            #expect(try await scene.admin.call("factor-rules.set", body: body, version: version).status == 200)
        }
        let (admission, token, _) = try await scene.open()
        // By the address of the terminal, not of the browser.
        try await allow(["passkey"], from: "198.51.100.0/24")
        #expect(try await scene.decide(token, as: scene.ann).problem == "factor-not-counted")
        #expect(try await scene.outcome(admission) == .waiting)
        _ = try await scene.ann.call("me.step-up", body: ["code": .string(scene.ann.freshCode())])
        #expect(try await scene.decide(token, as: scene.ann).problem == "factor-not-counted")
        try await allow(["authenticator"], from: "198.51.100.0/24")
        #expect(try await scene.decide(token, as: scene.ann).status == 204)
        #expect(
            try await scene.outcome(admission) == .confirmed(scene.annID, byProvider: false, showing: .authenticator))
    }

    @Test func `nobody confirms for somebody else, however they came by the link`() async throws {
        let scene = try await Scene()
        let (admission, token, _) = try await scene.open()
        #expect(try await scene.admin.call("me.show-device", body: ["token": .string(token)]).status == 404)
        for isMe in [true, false] {
            #expect(try await scene.decide(token, isMe: isMe, as: scene.admin).status == 404)
        }
        #expect(try await scene.decide("guessed", as: scene.ann).status == 404)
        #expect(try await scene.outcome(admission) == .waiting)
        #expect(try await scene.outcome(.new()) == .over)
        #expect(try await scene.outcome(admission, "ada") == .over)
        // Somebody whom nobody knows gets a link like everybody, and waits for ever.
        let (unknown, theirs, _) = try await scene.open("nobody")
        #expect(try await scene.decide(theirs, as: scene.ann).status == 404)
        #expect(try await scene.outcome(unknown, "nobody") == .waiting)
        let (none, words, _) = try await scene.open("no login at all")
        #expect(try await scene.decide(words, as: scene.ann).status == 404)
        #expect(try await scene.outcome(none, "no login at all") == .waiting)
        let (other, _) = try await scene.house.makeTenant("bolt")
        let elsewhere = try await scene.house.identity.gateway.outcome(
            of: admission, login: "ann", at: scene.house.now, in: other)
        #expect(elsewhere == .over)
    }

    @Test func `a link is over after five minutes, when it is refused, and when another one is opened`() async throws {
        let scene = try await Scene()
        let (late, token, _) = try await scene.open()
        scene.house.wait(301)
        #expect(try await scene.decide(token, as: scene.ann).status == 404)
        #expect(try await scene.outcome(late) == .over)
        let (refused, second, _) = try await scene.open()
        #expect(try await scene.decide(second, isMe: false, as: scene.ann).status == 204)
        #expect(try await scene.outcome(refused) == .over)
        let (same, old, _) = try await scene.open()
        let (_, new, _) = try await scene.open("ann", same)
        #expect(try await scene.decide(old, as: scene.ann).status == 404)
        #expect(try await scene.decide(new, as: scene.ann).status == 204)
        #expect(try await scene.outcome(same) == .confirmed(scene.annID, byProvider: false, showing: .authenticator))
    }

    @Test func `confirming asks for a fresh second factor, and whoever is shut out meanwhile stays out`() async throws {
        let scene = try await Scene()
        scene.house.wait(16 * 60)
        let (admission, token, _) = try await scene.open()
        #expect(try await scene.decide(token, as: scene.ann).problem == "step-up-required")
        let code = JSON.string(scene.ann.freshCode())
        #expect(try await scene.ann.call("me.step-up", body: ["code": code]).status == 204)
        #expect(try await scene.decide(token, as: scene.ann).status == 204)
        try await scene.admin.signIn()
        let person = try #require(try await scene.house.identity.directory.user(scene.annID, in: scene.scope))
        #expect(try await scene.admin.call("users.disable", [scene.annID.text]).status < 300)
        // The link has gone with their sessions; and had it not, they would stay out.
        #expect(try await scene.outcome(admission) == .over)
        await #expect(throws: IdentityError.self) {
            try await scene.house.identity.gateway.admitted(
                person, by: .browser, from: "198.51.100.7", at: scene.house.now, in: scene.scope)
        }
    }

    @Test func `a terminal that asks without end is told no more`() async throws {
        let scene = try await Scene()
        let (admission, token, _) = try await scene.open()
        for _ in 0..<60 { #expect(try await scene.outcome(admission) == .waiting) }
        #expect(try await scene.decide(token, as: scene.ann).status == 204)
        #expect(try await scene.outcome(admission) == .over)
    }

    @Test(arguments: [("198.51.100.7", "198.51.100.8"), ("2001:db8:0:1::", "2001:db8:0:2::7")])
    func `one network takes no more than its part of the room`(network: String, other: String) async throws {
        let scene = try await Scene()
        func open(from address: String, _ admission: AdmissionID = .new()) async throws -> Bool {
            try await scene.house.identity.gateway.openLink(
                admission, login: "ann", from: address, at: scene.house.now, in: scene.scope) != nil
        }
        let isWide = network.contains(":")
        for number in 1...DeviceLinkStore.mostOfNetwork {
            #expect(try await open(from: isWide ? network + String(number, radix: 16) : network))
        }
        #expect(try await !open(from: isWide ? network + "ffff" : network))
        #expect(try await open(from: other))
        #expect(try await open(from: "a path of the machine"))
        scene.house.wait(DeviceLink.lifetime)
        #expect(try await open(from: isWide ? network + "ffff" : network))
    }

    @Test func `codes have one form, and differ`() {
        let codes = Set((0..<200).map { _ in ComparisonCode.make() })
        #expect(codes.count > 190)
        #expect(codes.allSatisfy { $0.wholeMatch(of: /[B-Z]{4}-[B-Z]{4}/) != nil })
    }
}
