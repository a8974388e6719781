import Foundation
import HTTPTypes
import Kernel
import Outbound
import TestSupport
import Testing

@testable import Identity

/// People who come in by a messenger.
@Suite(.enabled(if: StandInMessengers.isThere)) struct MessengerSignInTests {
    @Test(arguments: MessengerScene.all)
    func `somebody of the company scans, is taken in, and comes back as the same person`(_ vendor: String) async throws
    {
        let scene = try await MessengerScene(vendor)
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        let first = try await scene.signIn()
        // A messenger is no second factor.
        #expect(first.step == "enrol", "\(first.json)")
        #expect(first.cookie == nil)
        let ann = Visitor(house: scene.house, scope: scene.admin.scope, login: scene.login)
        try await ann.enrol(first["token"])
        #expect(try await ann.call("me.show").status == 200)
        try await scene.behave()
        let again = try await scene.signIn()
        #expect(again.step == "second-factor", "\(again.json)")
        let links = try await scene.links()
        #expect(links.map { $0["subject"]?.text } == [scene.subject])
        #expect(links.first?["boundByUser"] == .bool(false))
        let user = try await scene.user(scene.login)
        #expect(user?["name"]?.text == (vendor == "wecom" ? "annarcher" : "Ann Archer"))
        // Slack says whose an address is; the others do not, and then it is nobody's.
        #expect(user?["email"]?.text == (vendor == "slack" ? "ann@example.org" : nil))
    }

    @Test(arguments: MessengerScene.all)
    func `nobody comes in of another company, with a code that was used, or by a lie`(_ vendor: String) async throws {
        let scene = try await MessengerScene(vendor)
        func refuses(_ how: JSON, _ sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await scene.behave(how)
            let answer = try await scene.signIn()
            #expect(answer.problem == "sign-in-refused", "\(answer.json)", sourceLocation: sourceLocation)
            #expect(answer.cookie == nil, sourceLocation: sourceLocation)
        }
        try await refuses(["person": scene.stranger])
        try await refuses(["back": ["code": "guessed"]])
        try await refuses(["back": ["code": .null]])
        try await refuses(["back": ["code": .null, "error": "access_denied"]])
        if vendor == "dingtalk" {
            try await refuses(["person": ["contact_type": 1]])
            try await refuses(["person": ["userid": .null]])
        }
        if vendor == "slack" {
            try await refuses(["claims": ["nonce": "of another sign-in"]])
            try await refuses(["claims": ["aud": "another-app"]])
        }
        // A code counts once: with another attempt it is somebody else's.
        try await scene.behave()
        var (mine, theirs) = (Browser(scene.admin), Browser(scene.admin))
        let first = try await mine.visit(try await mine.begin(scene.provider)["url"])
        #expect(try await mine.finish(first.body(scene.provider)).step == "enrol")
        #expect(try await mine.finish(first.body(scene.provider)).problem == "sign-in-expired")
        var replayed = try await theirs.visit(try await theirs.begin(scene.provider)["url"])
        replayed.fields["code"] = first.fields["code"]
        #expect(try await theirs.finish(replayed.body(scene.provider)).problem == "sign-in-refused")
        #expect(try await scene.links().count == 1)
        // What one browser began, no other one finishes, and nobody at all without its cookie.
        let begun = try await mine.visit(try await mine.begin(scene.provider)["url"])
        #expect(try await theirs.finish(begun.body(scene.provider)).problem == "sign-in-expired")
        theirs.cookie = nil
        #expect(try await theirs.finish(begun.body(scene.provider)).problem == "sign-in-expired")
        #expect(try await mine.finish(begun.body(scene.provider)).step == "enrol")
    }

    @Test(arguments: ["feishu", "lark"])
    func `a code that somebody else's browser brought is of no use without what it left with`(
        _ vendor: String
    ) async throws {
        let scene = try await MessengerScene(vendor)
        var (mine, theirs) = (Browser(scene.admin), Browser(scene.admin))
        let stolen = try await mine.visit(try await mine.begin(scene.provider)["url"])
        var planted = try await theirs.visit(try await theirs.begin(scene.provider)["url"])
        planted.fields["code"] = stolen.fields["code"]
        #expect(try await theirs.finish(planted.body(scene.provider)).problem == "sign-in-refused")
    }

    @Test(arguments: ["wecom", "dingtalk"])
    func `the app's token is asked for once, however many come, and again when it has ended before its time`(
        _ vendor: String
    ) async throws {
        let scene = try await MessengerScene(vendor)
        for _ in 0..<3 { #expect(try await scene.signIn().step == "enrol") }
        #expect(try await scene.asked(scene.tokenPlace) == 1)
        try await scene.behave(["revoke": .bool(true), "reuse": .bool(true)])
        #expect(try await scene.signIn().step == "enrol")
        #expect(try await scene.asked(scene.tokenPlace) == 1)
        scene.house.wait(7200)
        try await scene.behave()
        #expect(try await scene.signIn().step == "enrol")
        #expect(try await scene.asked(scene.tokenPlace) == 1)
    }

    @Test func `who has no account is refused where nobody is taken in, and linked only if an administrator says so`()
        async throws
    {
        let scene = try await MessengerScene("wecom", [:])
        #expect(try await scene.signIn().problem == "sign-in-refused")
        let (_, ann) = try await scene.admin.take("annarcher")
        #expect(try await scene.signIn().problem == "sign-in-refused")
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["linksUsers": .bool(true)], version: 1)
        #expect(changed.status == 200)
        #expect(try await scene.signIn().step == "second-factor")
        #expect(try await scene.links().map { $0["login"]?.text } == [ann.login])
    }

    @Test func `an address is somebody's only if it is said to be theirs, and never one of another provider's domain`()
        async throws
    {
        let scene = try await MessengerScene("feishu", settings: ["login": "email"])
        #expect(try await scene.signIn().problem == "sign-in-refused")
        let said = scene.body(
            "feishu", ["login": "email", "verifiesEmail": .bool(true)])["settings"]!
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["settings": said], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        let other = try await scene.admin.call(
            "identity-providers.create",
            body: scene.body("wecom").merging([
                "name": "Other", "domains": ["example.org"],
            ]))
        #expect(other.status == 201)
        #expect(try await scene.signIn().problem == "sign-in-refused")
        #expect(try await scene.admin.call("identity-providers.remove", [other["id"]]).status == 204)
        #expect(try await scene.signIn().step == "enrol")
        #expect(try await scene.user("ann@example.org") != nil)
    }

    @Test func `settings that make no sense are refused, and a secret goes to no other place`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let good: JSON = [
            "name": "WeCom", "secret": "s",
            "settings": [
                "kind": "messenger", "vendor": "wecom", "organization": "ww1", "clientId": "1000002",
            ],
        ]
        let wrong: [(JSON, String)] = [
            (["vendor": "icq"], "/settings/vendor"), (["organization": "a b"], "/settings/organization"),
            (["organization": "a/b"], "/settings/organization"),
            (["signInUrl": "wecom.example"], "/settings/signInUrl"),
            (["apiUrl": "https://wecom.example/"], "/settings/apiUrl"),
            (["apiUrl": "https://wecom.example?x"], "/settings/apiUrl"),
        ]
        for (settings, pointer) in wrong {
            let answer = try await admin.call(
                "identity-providers.create", body: good.merging(["settings": good["settings"]!.merging(settings)]))
            #expect(answer.status == 422 && answer.text.contains("\"\(pointer)\""), "\(pointer): \(answer.json)")
        }
        let made = try await admin.call("identity-providers.create", body: good)
        #expect(made.status == 201, "\(made.json)")
        for elsewhere: JSON in [
            ["apiUrl": "https://evil.example"], ["signInUrl": "https://evil.example"], ["organization": "ww2"],
            ["vendor": "dingtalk"], ["clientId": "1000003"],
        ] {
            let moved = try await admin.call(
                "identity-providers.change", [made["id"]], body: ["settings": good["settings"]!.merging(elsewhere)],
                version: 1)
            #expect(moved.status == 422 && moved.text.contains("\"/secret\""), "\(moved.json)")
        }
        let plain = try await admin.call(
            "identity-providers.create",
            body: good.merging([
                "name": "Plain", "settings": good["settings"]!.merging(["signInUrl": "http://127.0.0.1:9"]),
            ]))
        var browser = Browser(admin)
        #expect(try await browser.begin(plain["id"]).problem == "provider-unavailable")
    }
}

/// What messengers are asked, held against the vendors' words.
@Suite struct MessengerTests {
    private func settings(_ vendor: MessengerVendor) throws -> MessengerSettings {
        try MessengerSettings(
            vendor: vendor, organization: "corp", clientId: "app", login: .id, verifiesEmail: false, signInUrl: nil,
            apiUrl: nil)
    }

    private let attempt = BrowserAttempt(
        state: "0123", browser: "b", provider: .new(), origin: "https://acme.example")

    @Test(arguments: [
        (
            MessengerVendor.wecom, "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=corp",
            "https://qyapi.weixin.qq.com/cgi-bin/gettoken", "https://qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo"
        ),
        (
            .dingtalk, "https://login.dingtalk.com/oauth2/auth?redirect_uri=https%3A%2F%2Facme.example",
            "https://api.dingtalk.com/v1.0/oauth2/accessToken",
            "https://api.dingtalk.com/v1.0/oauth2/userAccessToken"
        ),
        (
            .feishu, "https://accounts.feishu.cn/open-apis/authen/v1/authorize?client_id=app",
            "https://open.feishu.cn/open-apis/auth/v3/tenant_access_token/internal",
            "https://accounts.feishu.cn/oauth/v3/token"
        ),
        (
            .lark, "https://accounts.larksuite.com/open-apis/authen/v1/authorize?client_id=app",
            "https://open.larksuite.com/open-apis/auth/v3/tenant_access_token/internal",
            "https://open.larksuite.com/open-apis/authen/v2/oauth/token"
        ),
    ])
    func `each is spoken to where the vendor says`(
        _ vendor: MessengerVendor, _ page: String, _ token: String, _ exchange: String
    ) throws {
        let messenger = try #require(try settings(vendor).messenger(with: "s"))
        #expect(messenger.address(of: attempt).hasPrefix(page))
        #expect(messenger.address(of: attempt).contains("state=0123"))
        #expect(messenger.application().url == token)
        #expect(messenger.begin(with: "c", of: attempt).url == exchange)
    }

    @Test func `the case of an id in WeCom says nothing, and other letters than plain ones stay as they are`() throws {
        let request = try #require(try settings(.wecom).messenger(with: "s")).begin(with: "c", of: attempt)
        guard case .found(let person) = try request.read(["errcode": 0, "userid": "AnnÄ"]) else { throw Unexpected() }
        #expect(person.id == "annÄ")
        #expect(throws: ProviderFault.self) { try request.read(["errcode": 0, "OpenId": "o"]) }
        #expect(throws: ProviderFault.self) { try request.read(["userid": "ann"]) }
        #expect(throws: ProviderFault.self) { try request.read(["errcode": "0", "userid": "ann"]) }
    }

    @Test func `a company is the same byte by byte, and a person only of the settings' company`() throws {
        let settings = try settings(.feishu)
        for other in ["Corp", "corp ", "", "c\u{6F}\u{0301}rp"] {
            #expect(throws: ProviderFault.self) {
                try settings.profile(of: MessengerPerson(organization: other, id: "1", login: "ann"))
            }
        }
        let ann = try settings.profile(of: MessengerPerson(organization: "corp", id: "1", login: "ann", email: "a@b.c"))
        #expect(ann == ProviderProfile(subject: "corp/1", login: "ann", name: nil, email: nil, groups: []))
        #expect(throws: ProviderFault.self) {
            try settings.profile(of: MessengerPerson(organization: "corp", id: "", login: "ann"))
        }
    }

    @Test func `one who gives up fails nobody who waits with them for an app's token`() async throws {
        let tokens = AppTokens()
        let place = try AppPlace(
            settings(.wecom), secret: "s", provider: .new(), in: TenantScope(tenant: .new()))
        let asked = Counter()
        let first = Task {
            try await tokens.token(of: place, at: House.start) {
                await asked.add()
                try await Task.sleep(for: .seconds(60))
                throw Unexpected()
            }
        }
        while await asked.count == 0 { await Task.yield() }
        let second = Task {
            try await tokens.token(of: place, at: House.start) {
                await asked.add()
                return try AppToken.read("t1", lasting: 7200)
            }
        }
        for _ in 0..<1000 { await Task.yield() }
        first.cancel()
        #expect(try await second.value == "t1")
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(await asked.count == 2)
    }

    @Test func `an app's token is fetched once for all who wait, and a failure is told to all of them`() async throws {
        let tokens = AppTokens()
        let scope = TenantScope(tenant: .new())
        let place = try AppPlace(settings(.wecom), secret: "s", provider: .new(), in: scope)
        let now = House.start
        let (asked, gate) = (Counter(), Counter())
        let all = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await tokens.token(of: place, at: now) {
                        await asked.add()
                        while await gate.count == 0 { await Task.yield() }
                        return try AppToken.read("t1", lasting: 7200)
                    }
                }
            }
            await gate.add()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(all == ["t1"])
        #expect(await asked.count == 1)
        // It is given up a little before its end, and at once when it was refused.
        let kept = try await tokens.token(of: place, at: now + 6899) { throw Unexpected() }
        #expect(kept == "t1")
        await #expect(throws: Unexpected.self) {
            _ = try await tokens.token(of: place, at: now + 6901) { throw Unexpected() }
        }
        let next = try await tokens.token(of: place, unless: "t1", at: now) {
            try AppToken.read("t2", lasting: 7200)
        }
        #expect(next == "t2")
        let another = try AppPlace(settings(.wecom), secret: "another", provider: place.provider, in: scope)
        #expect(another != place)
        for endless: JSON in [.null, 0, -1, "7200", 86_401] {
            #expect(throws: ProviderFault.self) { try AppToken.read("t", lasting: endless) }
        }
    }
}

private actor Counter {
    var count = 0
    func add() { count += 1 }
}
