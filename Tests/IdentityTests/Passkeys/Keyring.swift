import FoundationEssentials
import HTTPAPI
import Kernel
import TestSupport
import Testing

@testable import Identity

/// A person at a browser who has passkeys: the authenticator is an implementation of its own.
struct Keyring {
    static let origin = "http://acme.localhost:8080"

    let visitor: Visitor
    let authenticator: PasskeyAuthenticator
    var key: JSON = .null

    init(_ visitor: Visitor) async throws {
        self.visitor = visitor
        authenticator = try await PasskeyAuthenticator()
    }

    /// From the link of an invitation to a session, with a passkey as the only second factor.
    mutating func comeIn(by url: String) async throws -> Answer {
        let token = String(url.split(separator: "=").last ?? "")
        let chosen = try await visitor.open(
            "auth.invitation", ["token": .string(token), "password": .string(House.password)])
        let done = try await enrol(chosen["token"])
        visitor.keep(cookie: done.cookie)
        return done
    }

    mutating func enrol(_ token: String, _ wrong: JSON = [:]) async throws -> Answer {
        let options = try await visitor.open("auth.offer-passkey-enrolment", ["token": .string(token)])
        let made = try await authenticator.create(options.json, at: Self.origin, wrong)
        key = made.key
        return try await visitor.open(
            "auth.enrol-passkey", ["token": .string(token), "name": "Laptop", "credential": made.credential])
    }

    /// Adds a passkey in the profile; the key of the ring stays the one before.
    func add(_ name: String, _ wrong: JSON = [:]) async throws -> (answer: Answer, key: JSON) {
        let options = try await visitor.call("me.offer-passkey")
        let made = try await authenticator.create(options.json, at: Self.origin, wrong)
        let body: JSON = ["name": .string(name), "credential": made.credential]
        return (try await visitor.call("me.add-passkey", body: body), made.key)
    }

    /// Signs in by the passkey alone; the counter has to grow from time to time.
    func signIn(count: Int, key: JSON? = nil, _ wrong: JSON = [:]) async throws -> Answer {
        try await visitor.open("auth.passkey", ["credential": try await answer(count: count, key: key, wrong)])
    }

    /// The answer to a fresh question at the sign-in page.
    func answer(count: Int, key: JSON? = nil, _ wrong: JSON = [:]) async throws -> JSON {
        let options = try await visitor.house.call("auth.offer-passkey", in: visitor.scope)
        return try await use(options.json, count: count, key: key, wrong)
    }

    func use(_ options: JSON, count: Int, key: JSON? = nil, _ wrong: JSON = [:]) async throws -> JSON {
        try await authenticator.get(
            options, at: Self.origin, key: key ?? self.key, (["count": .int(Int64(count))] as JSON).merging(wrong))
    }

    /// The password, and what the passkey is asked after it.
    func password() async throws -> (token: String, options: JSON) {
        let first = try await visitor.password()
        #expect(first.step == "second-factor")
        let options = try await visitor.open("auth.offer-passkey-factor", ["token": .string(first["token"])])
        return (first["token"], options.json)
    }

    func factor(_ token: String, _ credential: JSON) async throws -> Answer {
        try await visitor.open("auth.passkey-factor", ["token": .string(token), "credential": credential])
    }
}

extension Visitor {
    /// Takes somebody in whose only second factor is a passkey.
    func takeWithPasskey(_ login: String) async throws -> (id: UserID, keys: Keyring) {
        let created = try await call("users.create", body: ["login": .string(login), "name": "Bob", "roles": ["user"]])
        var keys = try await Keyring(Visitor(house: house, scope: scope, login: login))
        let done = try await keys.comeIn(by: created["invitationUrl"])
        #expect(done.step == "done")
        return (try #require(UserID(created["id"])), keys)
    }
}
