import Cryptography
import FoundationEssentials
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// A company with a stand-in for its capture component: what it posts is what a real one would.
struct FaceStage {
    static let rightFace = face(1)
    static let page = "https://faces.example.com/capture"

    let house: House
    let scope: TenantScope
    let ada: Visitor
    let secret: WebhookSecret

    static func make(_ house: House? = nil, slug: String = "acme", liveness: Bool = true) async throws -> FaceStage {
        let house = if let house { house } else { try await House() }
        let (scope, ada) = try await house.makeTenant(slug)
        let set = try await ada.call(
            "face-component.set",
            body: ["pageUrl": .string(page), "enabled": true, "liveness": .bool(liveness)], version: 1)
        #expect(set.status == 200 && set.json["keyMadeAt"] == .null, "\(set.json)")
        let made = try await ada.call("face-component.make-key")
        #expect(made.status == 201, "\(made.json)")
        return FaceStage(
            house: house, scope: scope, ada: ada, secret: try #require(WebhookSecret(made["key"])))
    }

    /// Somebody's face, by its number: as far from other ones as faces of strangers are.
    static func face(_ number: UInt64, shaken: Double = 0) -> [Double] {
        var state = number &* 0x9E37_79B9_7F4A_7C15 | 1
        var numbers = (0..<FaceVector.count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state >> 11) / Double(1 << 53) - 0.5
        }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for index in numbers.indices {
            numbers[index] = numbers[index] / length + (index.isMultiple(of: 2) ? shaken : -shaken)
        }
        return numbers
    }

    static func body(_ face: [Double], isLive: Bool = true) -> [UInt8] {
        (["vector": .array(face.map(JSON.double)), "liveness": .bool(isLive)] as JSON).bytes
    }

    /// What the component is told by the browser.
    static func context(of capture: Answer) -> String {
        String(capture["url"].split(separator: "#context=", maxSplits: 1).last ?? "")
    }

    func post(
        _ body: [UInt8], to context: String, signedFor other: String? = nil, by key: WebhookSecret? = nil,
        at time: Date? = nil, signature: String? = nil, in place: TenantScope? = nil
    ) async throws -> Answer {
        let (id, time) = (other ?? context, time ?? house.now)
        var headers: HTTPFields = [:]
        headers[HTTPField.Name("webhook-id")!] = id
        headers[HTTPField.Name("webhook-timestamp")!] = String(Int(time.timeIntervalSince1970))
        headers[HTTPField.Name("webhook-signature")!] =
            signature ?? (key ?? secret).signature(id: id, timestamp: time, body: body)
        return try await house.call(
            "face-checks.take", [context], in: place ?? scope, headers: headers, raw: body, site: "cross-site")
    }

    func post(_ face: [Double], isLive: Bool = true, to capture: Answer) async throws -> Answer {
        try await post(Self.body(face, isLive: isLive), to: Self.context(of: capture))
    }

    /// What the browser brings back.
    static func code(of reply: Answer) -> String {
        String(reply["returnTo"].split(separator: "&code=", maxSplits: 1).last ?? "")
    }

    func enrol(_ person: Visitor, _ face: [Double] = rightFace) async throws {
        let capture = try await person.call("me.enrol-face", body: ["consent": true])
        #expect(capture.status == 200, "\(capture.json)")
        let reply = try await post(face, to: capture)
        #expect(reply["outcome"] == "passed", "\(reply.json)")
        let confirmed = try await person.call("me.confirm-face", body: ["code": .string(Self.code(of: reply))])
        #expect(confirmed.status == 200 || confirmed.status == 204, "\(confirmed.json)")
    }

    /// Somebody who confirms with their face.
    func take(_ login: String = "cara") async throws -> (id: UserID, visitor: Visitor) {
        let (id, visitor) = try await ada.take(login)
        try await enrol(visitor)
        return (id, visitor)
    }

    /// The password, and then the way to the camera.
    func begin(_ person: Visitor) async throws -> (token: String, capture: Answer) {
        let first = try await person.password()
        #expect(first.step == "second-factor", "\(first.json)")
        let capture = try await person.open("auth.begin-face", ["token": .string(first["token"])])
        #expect(capture.status == 200, "\(capture.json)")
        return (first["token"], capture)
    }

    func finish(_ token: String, _ code: String, _ person: Visitor) async throws -> Answer {
        try await person.open("auth.face-factor", ["token": .string(token), "code": .string(code)])
    }

    func failures(_ login: String) async throws -> Int {
        try await house.test.superuser().query(
            """
            select u.failed_attempts from users u join tenants t on t.tenant_id = u.tenant_id
            where u.login = \(login) and u.tenant_id = \(scope.tenant)
            """
        ) { try $0.next(Int.self) }.first ?? -1
    }

    func count(_ table: SQL) async throws -> Int {
        try await house.test.superuser().query("select count(*) from \(fragment: table)") {
            try $0.next(Int.self)
        }.first ?? -1
    }
}
