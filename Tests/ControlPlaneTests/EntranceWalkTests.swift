import Cryptography
import Foundation
import GatewayContract
import HTTPAPI
import Hosting
import Identity
import Kernel
import Outbound
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// Each entrance of a company is tried with half of what it takes, and leads nowhere; and with all of it, and leads in.
/// Which entrances there are is read from what declares them: the doors, the ways at a gateway, the kinds of proof, and
/// every call of a worker about somebody whom it has let in. Who adds one is told by the compiler or by a test.
///
/// What runs over ssh and over sockets is walked in `Processes/EntranceProcessTests`, the routes in `SecondFactorTests`.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: TestRadius.isThere)) struct EntranceWalkTests {
    @Test func `no entrance leads in without a second factor, and each does with one`() async throws {
        let scene = try await Scene()
        for entrance in SignInEntrance.allCases {
            switch entrance {
            case .web: for person in [scene.ada, scene.ann] { try await portal(person, scene) }
            case .cli: for person in [scene.ada, scene.ann] { try await commandLine(person, scene) }
            case .ssh:
                for way in GatewayWay.all { try await gateway(way, scene) }
                try await tokens(scene)
            }
        }
        #expect(scene.tried.kinds == (try declaredKinds()))
    }

    private func portal(_ person: Person, _ scene: Scene) async throws {
        let begun = try await scene.portal(
            "sign-in", ["login": .string(person.login), "password": .string(scene.password(of: person))])
        #expect(begun["step"] == "second-factor" && begun.cookie == nil, "\(begun.text)")
        let token = JSON.string(begun["token"])
        let wrong = try await scene.portal("second-factor", ["token": token, "code": "000000"])
        #expect(wrong.cookie == nil && wrong["step"].isEmpty, "\(wrong.text)")
        let right = try await scene.portal(
            "second-factor", ["token": token, "code": .string(try await person.unusedCode())])
        #expect(right["step"] == "done", "\(right.text)")
        let cookie = try #require(right.cookie)
        let me = try await scene.installation.call(.get, "/api/v1/me", on: "acme", cookie: cookie)
        #expect(me.status == 200, "\(me.text)")
    }

    private func commandLine(_ person: Person, _ scene: Scene) async throws {
        func signIn(_ code: String) async throws -> Answer {
            try await scene.portal(
                "cli",
                [
                    "login": .string(person.login), "password": .string(scene.password(of: person)),
                    "code": .string(code),
                ])
        }
        for code in ["", "000000"] {
            let half = try await signIn(code)
            #expect(half.status == 401 && half["token"].isEmpty && half.cookie == nil, "\(half.text)")
        }
        let whole = try await signIn(try await person.unusedCode())
        let me = try await scene.installation.call(.get, "/api/v1/me", on: "acme", bearer: whole["token"])
        #expect(me.status == 200, "\(whole.text)")
    }

    private func gateway(_ way: GatewayWay, _ scene: Scene) async throws {
        let person = way.isByProvider ? scene.ann : scene.ada
        let stand = Stand(scene, of: person, naming: "\(way)")
        switch way {
        case .password, .passwordAtProvider:
            try await stand.ask(.none(NoProof()))
            for code in ["", "000000"] {
                try await stand.isOut(try await stand.answer(scene.password(of: person), code))
            }
            try await stand.isIn(try await stand.answer(scene.password(of: person), try await person.unusedCode()))
        case .publicKey:
            try await stand.isOut(try await stand.ask(scene.key))
            // Where the company asks for nothing after a key, a key is all that it takes.
            try await scene.letKeysIn(true)
            try await Stand(scene, of: person, naming: "keys alone").isIn(scene.key)
            try await scene.letKeysIn(false)
        case .publicKeyAndCode:
            try await stand.isOut(try await stand.ask(scene.key))
            try await stand.isOut(try await stand.answer("000000"))
            try await stand.isIn(try await stand.answer(try await person.unusedCode()))
        case .browser, .browserByProvider:
            try await stand.ask(.none(NoProof()))
            let shown = try await stand.answer("", "")
            try await stand.isOut(shown)
            let link = try #require(shown["title"].firstMatch(of: /\/device#([A-Za-z0-9_-]+)/), "\(shown.text)")
            let decision: JSON = ["token": .string(String(link.output.1)), "isMe": true]
            // A browser that has shown a password only confirms nothing.
            try await scene.forgetFactor(of: person)
            let denied = try await person.call(.post, "/me/device-link/decision", decision)
            #expect(denied.status == 401, "\(denied.text)")
            try await stand.isOut(try await stand.answer(""))
            try await scene.rememberFactor(of: person)
            try await person.call(.post, "/me/device-link/decision", decision, expecting: 204)
            try await stand.isIn(try await stand.answer(""))
        }
    }

    /// A terminal's token, which only a whole sign-in gets; somebody who goes, and somebody who would be let in by another.
    private func tokens(_ scene: Scene) async throws {
        let begun = try await scene.portal(
            "sign-in", ["login": .string(scene.ada.login), "password": .string(scene.ada.password)])
        func proof(_ token: String) -> AdmissionProof {
            .terminalToken(
                TerminalTokenProof(
                    token: PassedSecret(token), origin: "http://acme.localhost:\(scene.installation.port)"))
        }
        let half = Stand(scene, of: scene.ada, naming: "half a token")
        try await half.isOut(try await half.ask(proof(begun["token"])))
        let made = try await scene.ada.call(
            .post, "/terminal-tokens",
            ["asset": .string(try #require(scene.house.ids["assets"])), "account": "root"], expecting: 201)
        let whole = Stand(scene, of: scene.ada, naming: "a token")
        // It opens one thing, by the name of that.
        #expect(try await whole.ask(proof(made["token"]))["outcome"] == "admitted")
        let gone = Stand(scene, of: scene.ada, naming: "gone")
        try await gone.ask(.none(NoProof()))
        try await gone.isOut(try await gone.ask(.gone(GoneProof())))
        // Whoever owes a code waits for nobody's word: `SignInRuleProcessTests` has those who do.
        let hasty = Stand(scene, of: scene.ada, naming: "hasty")
        try await hasty.isOut(try await hasty.ask(scene.key))
        try await hasty.isOut(try await hasty.ask(.waiting(WaitingProof())))
    }

    private func declaredKinds() throws -> Set<String> {
        let admit = try #require(Catalogue.worker.first { $0.name == "worker.admit" })
        guard case .object(let body)? = admit.bodyShape,
            case .union(let proof)? = body.fields.first(where: { $0.name == "proof" })?.shape
        else {
            Issue.record("the proof of an admission is no union")
            return []
        }
        return Set(proof.variants.map(\.tag))
    }
}

extension GatewayWay {
    /// All of them: whoever adds one says here where it comes.
    fileprivate static let all = Array(sequence(first: Self.password, next: \.next))

    private var next: GatewayWay? {
        switch self {
        case .password: .passwordAtProvider
        case .passwordAtProvider: .publicKey([])
        case .publicKey: .publicKeyAndCode
        case .publicKeyAndCode: .browser
        case .browser: .browserByProvider
        case .browserByProvider: nil
        }
    }

    fileprivate var isByProvider: Bool {
        switch self {
        case .passwordAtProvider, .browserByProvider: true
        case .password, .publicKey, .publicKeyAndCode, .browser: false
        }
    }
}

/// A company that asks everybody for a second factor everywhere: Ada has a password of its own and a key, Ann comes by a
/// RADIUS server.
private struct Scene {
    /// What kinds of proof were offered.
    final class Tried: Sendable {
        private let all = Mutex<Set<String>>([])
        var kinds: Set<String> { all.withLock { $0 } }
        func note(_ kind: String) { all.withLock { _ = $0.insert(kind) } }
    }

    let installation: Installation
    let house: Household
    let ada: Person
    let ann: Person
    let worker: ContractWorker
    let key: AdmissionProof
    let tried = Tried()
    private let radius: TestRadius

    init() async throws {
        radius = try await TestRadius()
        installation = try await Installation()
        house = try await Household(installation.makeTenant("acme"))
        ada = house.person
        worker = try await ContractWorker(installation, name: "shared")
        key = .publicKey(
            PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(try await house.openServer())))
        let server: JSON = ["host": "127.0.0.1", "port": .int(Int64(radius.first.port))]
        try await ada.call(.put, "/egress-allowances", ["items": [server]], expecting: 200)
        try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Radius", "createsUsers": .bool(true), "secret": .string(TestRadius.secret),
                "settings": ["kind": "radius", "servers": [server]],
            ], expecting: 201)
        // With it, terminals offer a browser.
        try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Single sign-on", "secret": "s",
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ], expecting: 201)
        ann = Person(installation: installation, slug: "acme", login: "ann")
        let begun = try await ann.call(
            .post, "/auth/sign-in", ["login": "ann", "password": .string(TestRadius.password(of: "ann"))],
            expecting: 200)
        #expect(begun["step"] == "enrol", "\(begun.text)")
        try await ann.enrol(begun["token"])
        try await letKeysIn(false)
    }

    func password(of person: Person) -> String {
        person.login == ann.login ? TestRadius.password(of: person.login) : person.password
    }

    func portal(_ path: String, _ body: JSON) async throws -> Answer {
        try await installation.call(.post, "/api/v1/auth/\(path)", body, on: "acme")
    }

    func letKeysIn(_ isAllowed: Bool) async throws {
        let rules = String(
            decoding: JSON.array(isAllowed ? [Installation.keysAlone] : []).bytes, as: UTF8.self)
        _ = try await installation.test.superuser().execute(
            "update tenant_factor_rules set rules = \(rules)::text::jsonb, version = version + 1")
    }

    func forgetFactor(of person: Person) async throws { try await set("null", of: person) }
    func rememberFactor(of person: Person) async throws { try await set("now()", of: person) }

    private func set(_ moment: SQL, of person: Person) async throws {
        _ = try await installation.test.superuser().execute(
            """
            update web_sessions s set second_factor_at = \(fragment: moment)
            from users u where u.user_id = s.user_id and u.login = \(person.login)
            """)
    }
}

/// Somebody in front of a gateway, on a connection of their own.
private final class Stand {
    private let scene: Scene
    private let person: Person
    private let name: String
    private var admission: AdmissionID?

    init(_ scene: Scene, of person: Person, naming name: String) {
        self.scene = scene
        self.person = person
        self.name = name
    }

    @discardableResult
    func ask(_ proof: AdmissionProof) async throws -> Answer {
        scene.tried.note(proof.kind)
        let answer = try await scene.worker.post(
            "/admissions",
            AdmissionRequest(
                tenant: "acme", login: person.login, protocol: .ssh, clientAddress: "198.51.100.9",
                connection: name, proof: proof, admission: admission))
        #expect(answer.status == 200, "\(name): \(answer.text)")
        if let id = AdmissionID(answer["admission"]) { admission = id }
        return answer
    }

    func answer(_ answers: String...) async throws -> Answer {
        try await ask(.answers(AnswersProof(answers: answers.map { PassedSecret($0) })))
    }

    /// Not let in; and what the worker has in hand opens nothing.
    func isOut(_ answer: Answer) async throws {
        #expect(answer["outcome"] == "challenge" || answer["outcome"] == "refused", "\(name): \(answer.text)")
        for operation in Self.calls {
            let told = try await call(operation, admission ?? .new())
            #expect(
                told.status == 404 && told["detail"] == Self.nobody, "\(name), \(operation.name): \(told.text)")
        }
    }

    func isIn(_ proof: AdmissionProof) async throws { try await isIn(try await ask(proof)) }

    /// Let in; and the same calls are answered.
    func isIn(_ answer: Answer) async throws {
        #expect(answer["outcome"] == "admitted", "\(name): \(answer.text)")
        let admission = try #require(admission, "\(name)")
        // Of a request that the person did not make here, it is told what is told of nobody.
        for operation in Self.calls where operation.name != "worker.review" {
            let told = try await call(operation, admission)
            #expect(
                told["detail"] != Self.nobody && told.status != 422 && told.status < 500,
                "\(name), \(operation.name): \(told.status) \(told.text)")
        }
    }

    private static let nobody = HostingError.notAdmitted.problem.detail

    /// Every call that a worker makes about somebody whom it has let in, as they are declared.
    static let calls: [HTTPAPI.Operation] = {
        let calls = Catalogue.worker.filter { operation in
            guard case .object(let body)? = operation.bodyShape else { return false }
            return body.fields.contains { $0.name == "admission" && $0.isRequired }
        }
        #expect(Set(calls.map(\.name)).isSuperset(of: ["worker.openSession", "worker.targets", "worker.askAccess"]))
        return calls
    }()

    private func call(_ operation: HTTPAPI.Operation, _ admission: AdmissionID) async throws -> Answer {
        let body = try #require(operation.bodyShape.map { sample($0, "") }, "\(operation.name)")
        return try await scene.installation.call(
            .post, operation.path, body.merging(["admission": .string(admission.text)]), on: "workers",
            bearer: scene.worker.token)
    }

    /// The least that has this shape.
    private func sample(_ shape: Shape, _ name: String) -> JSON {
        switch shape {
        case .nullable: return .null
        case .array(let element, let count):
            return .array((0..<count.lowerBound).map { _ in sample(element, name) })
        case .object(let object):
            return .object(
                object.fields.filter(\.isRequired).map { JSON.Member($0.name, sample($0.shape, $0.name)) })
        case .union(let union):
            guard let first = union.variants.first else { return .null }
            return sample(.object(first.shape), name).merging([union.discriminator: .string(first.tag)])
        case .reference: return .null
        case .scalar(let keywords): return scalar(keywords, name)
        }
    }

    private func scalar(_ keywords: JSON, _ name: String) -> JSON {
        if case .array(let values)? = keywords["enum"], let first = values.first { return first }
        if let pattern = keywords["pattern"]?.text {
            if let id = pattern.prefixMatch(of: #/\^([a-z]{3})_\[0-7\]/#)?.output.1 {
                let asset = scene.house.ids["assets"] ?? ""
                return .string(asset.hasPrefix(id) ? asset : "\(id)\(UserID.new().text.dropFirst(3))")
            }
            if name == "digest" { return .string(String(repeating: "a", count: 64)) }
        }
        switch keywords["type"]?.text {
        case "boolean": return .bool(false)
        case "integer": return keywords["minimum"] ?? .int(0)
        default:
            guard case .int(let count)? = keywords["minLength"] else { return "" }
            return .string(String(repeating: "1", count: Int(count)))
        }
    }
}

extension AdmissionProof {
    /// As it stands on the wire.
    fileprivate var kind: String { ContractWorker.json(self)["kind"]?.text ?? "" }
}
