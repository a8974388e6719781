import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Who is signed out hears nothing any more: the event streams of their browsers close, and nobody else's do.
@Suite(.timeLimit(.minutes(5))) struct EventStreamEndingTests {
    /// One thing that ends somebody's browser session.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (_ bob: Person, _ id: String, _ ada: Person) async throws -> Void
    }

    static let changes = [
        Change(testDescription: "an administrator ends the browser") { _, _, ada in
            let online = try await ada.call(.get, "/online-sessions", expecting: 200).items
            let session = try #require(online.first { $0["login"]?.text == "bob" }?["id"]?.text)
            try await ada.call(.delete, "/online-sessions/\(session)", expecting: 204)
        },
        Change(testDescription: "an administrator signs the person out everywhere") { _, id, ada in
            try await ada.call(.delete, "/users/\(id)/sessions", expecting: 204)
        },
        Change(testDescription: "an administrator shuts the account") { _, id, ada in
            try await ada.call(.post, "/users/\(id)/disable", expecting: 200)
        },
        Change(testDescription: "the person signs in elsewhere, and may be signed in only once") { bob, _, ada in
            guard case .int(let version)? = try await ada.call(.get, "/settings", expecting: 200).json["version"] else {
                throw CocoaError(.coderReadCorrupt)
            }
            try await ada.call(
                .patch, "/settings", ["session.single": "browsers"], version: Int(version), expecting: 200)
            try await bob.comeAgain()
        },
    ]

    @Test(arguments: changes) func `streams close when`(_ change: Change) async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        func make(_ login: String) async throws -> (person: Person, id: String) {
            let made = try await ada.call(
                .post, "/users", ["login": .string(login), "name": .string(login)], expecting: 201)
            let person = Person(installation: installation, slug: "acme", login: login)
            try await person.comeIn(by: made["invitationUrl"])
            return (person, made["id"])
        }
        let (bob, carol) = (try await make("bob"), try await make("carol"))
        let cookie = try #require(bob.person.cookie)
        let theirs = try await installation.stream("/events/stream", on: "acme", cookie: cookie)
        let ours = try await installation.stream("/events/stream", on: "acme", cookie: ada.cookie)
        #expect(theirs.head.status == 200 && ours.head.status == 200)
        try await change.make(bob.person, bob.id, ada)
        for try await _ in theirs {}
        let again = try await installation.call(.get, "/api/v1/events/stream", on: "acme", cookie: cookie)
        #expect(again.status == 401, "\(again.text)")
        // The administrator's hears what comes after that.
        try await ada.call(.post, "/users/\(carol.id)/disable", expecting: 200)
        try await ada.call(.post, "/users/\(carol.id)/enable", expecting: 200)
        var heard = ""
        for try await part in ours where !heard.contains("event: user.enabled") {
            heard += String(decoding: part, as: UTF8.self)
            if heard.contains("event: user.enabled") { break }
        }
        #expect(heard.contains("event: user.enabled"))
    }
}
