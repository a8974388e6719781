import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// A sign-in from where, or with what, somebody has not come before.
@Suite struct StrangerTests {
    private func news(_ house: House) async throws -> [JSON] {
        try await house.test.superuser().query(
            "select data from events where type = 'sign-in.unfamiliar' order by sequence"
        ) { try $0.next(JSON.self) }
    }

    private func signIn(_ visitor: Visitor, with agent: String) async throws {
        let headers: HTTPFields = [.userAgent: agent]
        let first = try await visitor.house.call(
            "auth.sign-in", body: ["login": .string(visitor.login), "password": .string(House.password)],
            in: visitor.scope, headers: headers)
        let second = try await visitor.house.call(
            "auth.second-factor", body: ["token": .string(first["token"]), "code": .string(visitor.freshCode())],
            in: visitor.scope, headers: headers)
        #expect(second.step == "done")
    }

    @Test func `a kind of browser is its name without numbers`() {
        let names = [
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/121.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0) Chrome/121.0.0.0 Safari/537.36", "Mozilla/5.0 (X11) Firefox/121.0",
        ].map { BrowserKind($0)?.hash }
        #expect(names[0] == names[1])
        #expect(Set(names.compactMap(\.self)).count == 3)
        #expect(BrowserKind(nil) == nil && BrowserKind("") == nil && BrowserKind("12/3") == nil)
    }

    @Test func `another address or another browser is news, once`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        // Nobody has come before the first time.
        #expect(try await news(house) == [])
        try await ada.signIn()
        #expect(try await news(house) == [])
        house.move(to: "203.0.113.9")
        try await ada.signIn()
        try await ada.signIn()
        let first = try await news(house)
        #expect(first.count == 1)
        #expect(first.first?["clientAddress"] == "203.0.113.9" && first.first?["isNewAddress"] == .bool(true))
        #expect(first.first?["isNewBrowser"] == .bool(false))
        try await signIn(ada, with: "Netscape/4")
        try await signIn(ada, with: "Netscape/5")
        let second = try await news(house)
        #expect(second.count == 2 && second.last?["isNewAddress"] == .bool(false))
        #expect(second.last?["isNewBrowser"] == .bool(true) && second.last?["userAgent"] == "Netscape/4")
        // After a month nothing is familiar, and nothing is news.
        house.wait(FamiliarAddressStore.lifetime)
        try await ada.signIn()
        #expect(try await news(house).count == 2)
    }

    @Test func `ssh and the command line are looked at by their address`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let gateway = house.identity.gateway
        func ssh(_ address: String) async throws {
            let answer = try await gateway.password(
                login: "ada", Secret(House.password), from: address, at: house.now, in: scope)
            guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
            let entry = try await gateway.admitted(person, by: .password, from: address, at: house.now, in: scope)
            #expect(entry == .admitted)
        }
        try await ssh("192.0.2.1")
        #expect(try await news(house) == [])
        try await ssh("203.0.113.9")
        #expect(try await news(house).map { $0["entrance"] } == ["ssh"])
        house.move(to: "203.0.113.10")
        let direct: JSON = [
            "login": "ada", "password": .string(House.password), "code": .string(ada.freshCode()),
        ]
        #expect(try await ada.open("auth.cli", direct)["token"].hasPrefix("ght_"))
        #expect(try await news(house).map { $0["entrance"] } == ["ssh", "cli"])
    }

    @Test func `the person is told when, from where and what to do`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        house.move(to: "203.0.113.9")
        try await signIn(ada, with: "Netscape/4")
        let superuser = try await house.test.superuser()
        let events = try await superuser.query(
            "select subject, data from events where type = 'sign-in.unfamiliar'"
        ) { (subject: try $0.next(String.self), data: try $0.next(JSON.self)) }
        let event = try #require(events.first)
        let letters = Letters()
        let identity = house.identity(sending: letters)
        try await identity.tellOfStranger(event.subject, event.data, at: house.now, in: scope)
        let letter = try #require(letters.takeAll().first)
        #expect(letter.to == "ada@example.com")
        for words in ["203.0.113.9", "Netscape/4", "2026-", "UTC", "change your password now", "/profile?tab=sessions"]
        {
            #expect(letter.text.contains(words), "\(words)")
        }
        _ = try await superuser.execute("update users set language = 'zh'")
        try await identity.tellOfStranger(event.subject, event.data, at: house.now, in: scope)
        #expect(letters.takeAll().first?.text.contains("请立即修改密码") == true)
    }
}
