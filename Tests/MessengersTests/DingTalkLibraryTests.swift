import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

@testable import Messengers

/// What has the libraries.
private let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"]

/// What we ask DingTalk for, beside what the vendor's own library makes of it.
@Suite(
    .enabled(if: python != nil, "needs the vendor's library (GATEHOUSE_TEST_PYTHON)"),
    .timeLimit(.minutes(2)))
struct DingTalkLibraryTests {
    private static func vendor(template: String?) throws -> DingTalk {
        DingTalk(
            settings: try DingTalkSettings(
                appKey: "app", corpId: "corp", template: template, trustsClicks: true, apiUrl: nil),
            secrets: ChannelSecrets([.appSecret: Secret("s"), .signingSecret: Secret("signing secret")]))
    }

    @Test func `the vendor's library asks for the same, with every word of ours`() async throws {
        let (cards, messages) = (try Self.vendor(template: "t.schema"), try Self.vendor(template: nil))
        let found: JSON = ["errcode": 0, "result": ["contact_type": 0, "userid": "ann0815"]]
        guard
            case .ask(let message) = try messages.send(Sample.face(), to: "u1", once: "1").read(Sample.answer(found))
        else { return #expect(Bool(false)) }
        let ours = [
            ("token", try #require(cards.token())),
            ("card", cards.send(Sample.face(), to: "u1", once: "1")),
            (
                "update",
                cards.update(["card": "gh-1"], with: Sample.face(mode: .closed, state: .approved), of: "u1")
            ),
            ("register", try #require(cards.register(callback: "https://acme.example.com/api/v1/x"))),
            ("message", message),
        ]
        let bodies = try ours.map { JSON.Member($0.0, try JSONParser.parse(try #require($0.1.body))) }
        let command = [try #require(python), Repository.path("Tests/Support/dingtalk_client.py")]
        let done = try await Command.run(command, input: Data(JSON.object(bodies).bytes), limit: .seconds(90))
        try #require(done.status == 0, "\(done.errors)")
        let theirs = try JSONParser.parse(Array(done.output))
        for ((name, request), body) in zip(ours, bodies) {
            let asked = theirs[name]
            #expect(asked?["method"]?.text == (request.method == .put ? "PUT" : "POST"), "\(name)")
            #expect(request.url == "https://api.dingtalk.com" + (asked?["path"]?.text ?? ""), "\(name)")
            #expect(Self.sorted(asked?["body"] ?? .null) == Self.sorted(body.value), "\(name)")
            if case .header(let field, let prefix) = request.token {
                #expect(field == "x-acs-dingtalk-access-token" && prefix.isEmpty && asked?["token"] == "a token")
            } else {
                #expect(name == "token" && asked?["token"] == .null)
            }
        }
    }

    /// The same with its members in one order.
    private static func sorted(_ json: JSON) -> JSON {
        switch json {
        case .object(let members):
            .object(members.sorted { $0.name < $1.name }.map { JSON.Member($0.name, sorted($0.value)) })
        case .array(let items): .array(items.map(sorted))
        default: json
        }
    }
}
