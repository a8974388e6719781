import Foundation
import HTTPAPI
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Tenancy

/// A mailbox for everybody.
final class Mailbox: Sendable {
    private let letters = Mutex<[Letter]>([])

    var box: LetterBox {
        LetterBox { [self] letter, _, _, _ in
            guard letter.to.hasSuffix(".com") else { return false }
            letters.withLock { $0.append(letter) }
            return true
        }
    }

    var all: [Letter] { letters.withLock { $0 } }

    /// The token in the last link that went to an address.
    func token(_ address: String = "ada@example.com") -> String {
        let text = all.last { $0.to == address }?.text ?? ""
        return String(text.split(separator: "#token=").dropFirst().first?.prefix { !$0.isNewline } ?? "")
    }
}

@Suite struct SignUpTests {
    static let now = TenancyFixture.now
    let fixture: TenancyFixture
    let mailbox = Mailbox()

    init() async throws {
        fixture = try await TenancyFixture()
    }

    private func makeSignUps(_ administrators: any FirstAdministrators = StandInAdministrators()) -> SignUps {
        let tenancy = Tenancy(
            database: fixture.test.database, keys: fixture.keys, administrators: administrators, letters: mailbox.box)
        return SignUps(
            database: fixture.test.database, tenancy: tenancy, letters: mailbox.box,
            address: SignUps.Address(baseDomain: "example.com", origin: "https://signup.example.com", hasMail: true))
    }

    private func opened(_ mode: SignUpSettings.Mode, trialDays: Int = 14) async throws -> SignUps {
        let signUps = makeSignUps()
        _ = try await signUps.change(SignUpSettings(mode: mode, trialDays: trialDays), audit: .discarding)
        return signUps
    }

    private func request(
        _ slug: String = "acme", email: String = "ada@example.com", language: String = "en"
    ) throws -> SignUpRequest {
        SignUpRequest(
            company: try TenantName(parsing: "Acme Ltd."), slug: try #require(TenantSlug(slug)),
            person: try TenantName(parsing: "Ada Archer"), email: email, language: language)
    }

    private func ask(_ signUps: SignUps, _ request: SignUpRequest, at now: Date = now) async throws {
        let answer = try await signUps.request(request, audit: .discarding, at: now)
        #expect(answer.mailedTo == request.email)
    }

    private func rows() async throws -> [SignUp] {
        try await makeSignUps().list(try PageRequest.parse("createdAt pr", SignUp.listing), in: ProviderScope()).rows
    }

    @Test func `nobody signs up until the provider says so, or without mail`() async throws {
        await #expect(throws: SignUpError.closed) { try await ask(makeSignUps(), try request()) }
        let signUps = try await opened(.open)
        let mute = SignUps(
            database: signUps.database, tenancy: signUps.tenancy, letters: .none,
            address: SignUps.Address(baseDomain: "example.com", origin: "https://signup.example.com", hasMail: false))
        await #expect(throws: SignUpError.closed) { try await ask(mute, try request()) }
        #expect(try await mute.face().mode == .off)
    }

    @Test func `a confirmed address has a company on trial, once`() async throws {
        let signUps = try await opened(.open)
        try await ask(signUps, try request(language: "zh"))
        let letter = try #require(mailbox.all.first)
        #expect(letter.to == "ada@example.com" && letter.text.contains("https://signup.example.com/confirm#token="))
        #expect(letter.text.contains("acme.example.com") && letter.subject.contains("请确认"))
        let token = mailbox.token()
        let stored = try await fixture.test.superuser().query("select s::text from sign_ups s") {
            try $0.next(String.self)
        }
        #expect(token.count == 43 && stored.count == 1 && !stored[0].contains(token))

        let outcome = try await signUps.confirm(token, audit: .discarding, at: Self.now + 60)
        #expect(outcome.state == .approved)
        #expect(outcome.invitationUrl == "https://acme.example/invitation#token=admin")
        let signUp = try #require(try await rows().first)
        let tenant = try await fixture.tenancy.find(try #require(signUp.tenant), in: ProviderScope())
        #expect(tenant.state == .trial && tenant.life.trialEndsAt == Self.now + 60 + 14 * 86_400)
        #expect(tenant.slug.text == "acme" && tenant.name == "Acme Ltd." && tenant.language == "zh")
        // The link stood in the answer, so no mail has it too.
        #expect(mailbox.all.count == 1)
        for bad in [token, "", String(repeating: "x", count: 43)] {
            await #expect(throws: SignUpError.over) {
                try await signUps.confirm(bad, audit: .discarding, at: Self.now + 61)
            }
        }
        await #expect(throws: TenancyError.slugTaken) { try await ask(signUps, try request()) }
        await #expect(throws: TenancyError.slugReserved) { try await ask(signUps, try request("signup")) }
    }

    @Test func `a link ends after a day`() async throws {
        let signUps = try await opened(.open)
        try await ask(signUps, try request())
        let token = mailbox.token()
        await #expect(throws: SignUpError.over) {
            try await signUps.confirm(token, audit: .discarding, at: Self.now + 86_400)
        }
        try await signUps.sweep(at: Self.now + 3 * 86_400)
        #expect(try await rows().isEmpty)
    }

    @Test func `nobody fills somebody else's mailbox, and the answer does not tell`() async throws {
        let signUps = try await opened(.open)
        for number in 0..<5 { try await ask(signUps, try request("acme-\(number)")) }
        #expect(mailbox.all.count == 3)
        try await ask(signUps, try request("acme-9"), at: Self.now + 86_401)
        #expect(mailbox.all.count == 4)
        await #expect(throws: SignUpError.badAddress) {
            try await ask(signUps, try request("bolt", email: "ada@example.invalid"))
        }
    }

    @Test func `of two clicks at once one counts`() async throws {
        let signUps = try await opened(.open)
        try await ask(signUps, try request())
        let token = mailbox.token()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (try? await signUps.confirm(token, audit: .discarding, at: Self.now)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(outcomes == 1)
    }

    @Test func `who is quicker has the name`() async throws {
        let signUps = try await opened(.open)
        try await ask(signUps, try request())
        let first = mailbox.token()
        try await ask(signUps, try request(email: "eve@example.com"))
        let second = mailbox.token("eve@example.com")
        _ = try await signUps.confirm(second, audit: .discarding, at: Self.now)
        let mine = SignUpRequest(
            company: try TenantName(parsing: "Another"), slug: TenantSlug("acme")!,
            person: try TenantName(parsing: "Ada"), email: "x@example.com", language: "en")
        await #expect(throws: TenancyError.slugTaken) { try await ask(signUps, mine) }
        // The same data would be the same company; only the administrator tells them apart.
        let outcome = try? await signUps.confirm(first, audit: .discarding, at: Self.now)
        let tenants = try await fixture.test.superuser().query("select count(*) from tenants") { try $0.next(Int.self) }
        #expect(tenants == [1], "\(String(describing: outcome))")
    }

    @Test func `with approval, somebody of the provider decides`() async throws {
        let signUps = try await opened(.approval)
        try await ask(signUps, try request())
        try await ask(signUps, try request("bolt", email: "bob@example.com"))
        let unconfirmed = try await rows()
        await #expect(throws: SignUpError.decided) {
            try await signUps.approve(unconfirmed[0].id, by: "Olga", audit: .discarding, at: Self.now)
        }
        for address in ["ada@example.com", "bob@example.com"] {
            let outcome = try await signUps.confirm(mailbox.token(address), audit: .discarding, at: Self.now)
            #expect(outcome.state == .waiting && outcome.invitationUrl == nil)
        }
        let waiting = try await rows()
        #expect(waiting.allSatisfy { $0.state == .waiting && $0.tenant == nil })
        let acme = try #require(waiting.first { $0.slug.text == "acme" })
        let bolt = try #require(waiting.first { $0.slug.text == "bolt" })

        for _ in 0..<2 {
            let approved = try await signUps.approve(acme.id, by: "Olga", audit: .discarding, at: Self.now)
            #expect(approved.state == .approved && approved.decidedBy == "Olga" && approved.tenant != nil)
        }
        #expect(mailbox.all.filter { $0.kind == "invitation" }.map(\.to) == ["ada@example.com"])
        for _ in 0..<2 {
            let rejected = try await signUps.reject(
                bolt.id, because: "No such company", by: "Olga", audit: .discarding, at: Self.now)
            #expect(rejected.state == .rejected && rejected.reason == "No such company")
        }
        #expect(mailbox.all.filter { $0.to == "bob@example.com" && $0.text.contains("No such company") }.count == 1)
        await #expect(throws: SignUpError.decided) {
            try await signUps.approve(bolt.id, by: "Olga", audit: .discarding, at: Self.now)
        }
        await #expect(throws: SignUpError.notFound) {
            try await signUps.approve(.new(), by: "Olga", audit: .discarding, at: Self.now)
        }
    }

    @Test func `a node that dies while it makes the company is taken over from`() async throws {
        _ = try await opened(.open)
        let dying = makeSignUps(DyingAdministrators())
        try await ask(dying, try request())
        let token = mailbox.token()
        await #expect(throws: DyingAdministrators.Died.self) {
            try await dying.confirm(token, audit: .discarding, at: Self.now)
        }
        #expect(try await rows().first?.tenant == nil)
        try await makeSignUps().sweep(at: Self.now + 30)
        #expect(try await rows().first?.tenant == nil, "the first node may still be at it")
        try await makeSignUps().sweep(at: Self.now + 120)
        #expect(try await rows().first?.tenant != nil)
        // Nobody has the answer with the link any more: it goes by mail.
        #expect(mailbox.all.last?.kind == "invitation")
    }
}
