import Access
import Audit
import Foundation
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messengers
@testable import Tickets

/// The cards of every kind of request at every vendor: what they are called, and what nobody approves unseen.
@Suite struct KindCardTests {
    private let kinds: [any RequestKind]

    /// They are asked for words and lines only, which takes no database that is theirs alone.
    private static let all = Task {
        let stage = try await Stage { Issue.record("\($0)") }
        let outbox = Outbox()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let access = Access(database: stage.database, outbox: outbox)
        let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: logger)
        let tickets = Tickets(
            database: stage.database, access: access,
            messaging: Messaging(
                database: stage.database, keys: stage.keys, client: client, events: EventKinds(items: []),
                questions: .ofFlows),
            outbox: outbox, portal: TicketPortal { _ in "" },
            // What others plug in: these two are of this feature's folder as well.
            kinds: [
                RoleKind(desk: RoleDesk(names: { _, _, _, _ in nil }, lend: { _, _, _ in .new() })),
                SecretRequestKind(
                    desk: SecretDesk(
                        mayAsk: { _, _, _, _ in true }, find: { _, _, _ in nil }, lend: { _, _ in })),
            ])
        return try tickets.kinds.names.map { try tickets.kinds.kind($0) }
    }

    init() async throws {
        kinds = try await Self.all.value
        #expect(kinds.count >= 9)
    }

    /// What a request of each kind may say: a new kind needs a line here.
    private static let contents: [String: JSON] = [
        "access": ["renews": .string(TicketID.new().text), "number": 12], "general": ["subject": "A new keyboard"],
        "extension": [
            "grant": .string(GrantID.new().text), "endsAt": "2026-12-02T10:00:00Z", "name": "Request #12",
            "from": "2026-12-01T18:30:00Z",
        ],
        "break-glass": ["durationSeconds": 5400, "rule": "On call"],
        "role": [
            "role": .string(RoleID.new().text), "durationSeconds": 7200, "roleName": "Auditor",
            "organizationName": "North",
        ],
        "secret": ["form": "ssh-key"],
        "sign-in": ["login": "rita", "entrance": "cli", "clientAddress": "203.0.113.7", "rule": "Outside"],
        "connect": ["entrance": "ssh", "clientAddress": "203.0.113.7", "rule": "Production"],
        "command": ["session": .string(SessionID.new().text), "command": "rm -r /var/tmp/x\nls", "rule": "Deletes"],
    ]

    private func facts(_ kind: any RequestKind, assets: Int, letters: Int = 8) throws -> [TicketFact] {
        let content = try #require(
            Self.contents[kind.name.rawValue], "no example of what a request of \(kind.name.rawValue) says")
        let facts = kind.facts(
            of: content,
            TicketShown(
                assets: (0..<assets).map { "a\($0)-" + String(repeating: "x", count: letters) }, accounts: ["root"],
                actions: ["connect", "upload"], startsAt: Timestamp.parse("2026-12-01T09:00:00Z"), duration: 5400))
        #expect(!facts.isEmpty, "the example has another shape than the kind")
        return facts
    }

    private func card(_ kind: any RequestKind, _ facts: [TicketFact], reason: String) -> ApprovalCard {
        ApprovalCard(
            ticket: .new(), number: 7, kind: kind.name.rawValue, kindName: kind.words.name, requester: "Rita Ray",
            facts: facts.map {
                ApprovalFact(
                    $0.label, $0.values, as: .init(rawValue: $0.form.rawValue) ?? .text,
                    name: kind.words.fact($0.label), words: kind.words.values(of: $0.label))
            }, reason: reason, risk: "high",
            levels: [
                ApprovalLevel(number: 1, name: "Lead", isOpen: true, seats: [], needsPasskey: false, answers: [])
            ], state: .open, digest: "00ff", deadline: Timestamp.parse("2026-12-01T12:00:00Z"))
    }

    // MARK: words

    @Test func `every kind has words for itself and its lines, in both languages and in the portal`() throws {
        func locale(_ name: String) throws -> JSON {
            try JSONParser.parse(
                Array(try Data(contentsOf: URL(filePath: Repository.path("Web/locales/\(name).json")))))
        }
        let portal = [try locale("en"), try locale("zh")]
        func isHan(_ text: String) -> Bool { text.unicodeScalars.contains { 0x4E00...0x9FFF ~= $0.value } }
        for kind in kinds {
            let name = kind.name.rawValue
            #expect(isHan(kind.words.name.chinese) && !isHan(kind.words.name.english), "\(name)")
            for language in portal { #expect(language["ticket-kind.\(name)"] != nil, "ticket-kind.\(name)") }
            for fact in try facts(kind, assets: 2) {
                let word = try #require(kind.words.fact(fact.label), "\(name) has no word for \(fact.label)")
                #expect(isHan(word.chinese) && !isHan(word.english), "\(name) \(fact.label)")
                for language in portal {
                    #expect(language["ticket-fact.\(fact.label)"] != nil, "ticket-fact.\(fact.label)")
                }
                // What is a word of ours is none of the API's in any language.
                guard ["actions", "entrance", "secret"].contains(fact.label) else { continue }
                for value in fact.values {
                    #expect(kind.words.values(of: fact.label)[value] != nil, "\(fact.label) \(value)")
                }
            }
        }
        for action in AccessAction.allCases {
            #expect(kinds[0].words.values(of: "actions")[action.rawValue] != nil, "\(action)")
            for language in portal { #expect(language["action.\(action.rawValue)"] != nil, "action.\(action)") }
        }
    }

    @Test(arguments: CardVendors.all)
    func `a Chinese card has no word of the API`(_ vendor: CardVendors) throws {
        for kind in kinds {
            let face = CardFace(
                card(kind, try facts(kind, assets: 2), reason: "磁盘"), mode: .decide, language: .chinese,
                reference: "ref.0", link: "https://acme.example.com/inbox/tkt_1")
            let lines = try vendor.shown(face)
            for fact in face.card.facts {
                #expect(!lines.contains { $0.contains("\(fact.label)：") || $0.contains("\(fact.label): ") })
            }
            #expect(!lines.contains { $0.hasSuffix("high") || $0.contains("connect、upload") })
        }
    }

    // MARK: what is approved is shown

    @Test(arguments: CardVendors.all, CardLanguage.allCases)
    func `who can approve on a card has every value of every line on it`(
        _ vendor: CardVendors, _ language: CardLanguage
    ) throws {
        var decided = Set<String>()
        for kind in kinds {
            for (assets, letters, words) in [
                (1, 8, 4), (3, 20, 60), (12, 30, 100), (50, 8, 20), (50, 60, 20), (100, 190, 500), (1, 8, 500),
            ] {
                let reason = String(repeating: "reason ", count: 80).prefix(words).description
                let whole = CardFace(
                    card(kind, try facts(kind, assets: assets, letters: letters), reason: reason), mode: .decide,
                    language: language, reference: "ref.0", link: "https://acme.example.com/inbox/tkt_1")
                let face = whole.fitted(to: try vendor.vendor)
                let lines = try vendor.shown(face)
                let all = lines.joined(separator: "\n")
                guard try vendor.approves(face) else {
                    #expect(face.mode == .portal && face.isCut)
                    if vendor != .teams { #expect(all.contains(face.text.tooLong), "\(vendor) \(kind.name.rawValue)") }
                    continue
                }
                decided.insert("\(kind.name.rawValue) \(assets)")
                #expect(face.mode == .decide && !face.isCut)
                #expect(all.contains(reason.split(separator: " ").joined(separator: " ")), "\(vendor)")
                for fact in face.card.facts {
                    let values = face.text.values(fact)
                    #expect(values.count == fact.values.count)
                    for value in values {
                        #expect(all.contains(value), "\(vendor) \(kind.name.rawValue) \(fact.label): \(value)")
                    }
                }
            }
        }
        // It is not so that nothing is ever approved there.
        guard vendor != .teams else { return #expect(decided.isEmpty) }
        for kind in kinds { #expect(decided.contains("\(kind.name.rawValue) 1"), "\(vendor) \(kind.name.rawValue)") }
        #expect(!decided.contains("access 100"))
    }

    @Test(arguments: CardVendors.all)
    func `what somebody took away is on the card of who comes after`(_ vendor: CardVendors) throws {
        let kind = try #require(kinds.first { $0.name == .access })
        let card = card(kind, try facts(kind, assets: 1), reason: "x")
        func fact(_ label: String, _ values: [String], _ form: ApprovalFact.Form = .text) -> ApprovalFact {
            ApprovalFact(label, values, as: form, name: kind.words.fact(label))
        }
        let narrowed = ApprovalCard(
            ticket: card.ticket, number: 7, kind: card.kind, kindName: card.kindName, requester: card.requester,
            facts: card.facts, reason: card.reason, risk: card.risk,
            levels: [
                ApprovalLevel(
                    number: 1, name: "Lead", isOpen: false, seats: [], needsPasskey: false,
                    answers: [
                        ApprovalAnswer(
                            name: "Ann", onBehalfOf: nil, isApproval: true,
                            changes: [
                                ApprovalChange(
                                    from: fact("assets", ["web-1", "web-2"]), to: fact("assets", ["web-1"])),
                                ApprovalChange(
                                    from: fact("duration", ["7200"], .seconds), to: fact("duration", ["5400"], .seconds)
                                ),
                            ])
                    ])
            ], state: .open, digest: card.digest, deadline: card.deadline)
        let face = CardFace(narrowed, mode: .decide, language: .english, reference: "ref.0", link: "https://a.example")
        let told = "Ann has narrowed it: Assets without web-2; Duration 2 h → 1 h 30 min"
        #expect(try vendor.shown(face).joined(separator: "\n").contains(told), "\(vendor)")
    }
}

/// Every vendor that there is, and what is read of what it is sent.
enum CardVendors: String, CaseIterable {
    case feishu, lark, slack, dingtalk, wecom, teams

    static let all = allCases

    var vendor: any Vendor {
        get throws {
            let secrets = ChannelSecrets([
                .appSecret: Secret("s"), .signingSecret: Secret("s"), .webhookUrl: Secret("https://a.example/w"),
                .botToken: Secret("s"),
            ])
            switch self {
            case .feishu, .lark:
                return Feishu(
                    settings: try FeishuChannelSettings(appId: "a", tenantKey: "t", apiUrl: nil),
                    isLark: self == .lark, secrets: secrets)
            case .slack:
                return Slack(settings: try SlackSettings(appId: "A1", teamId: "T1", apiUrl: nil), secrets: secrets)
            case .dingtalk:
                return DingTalk(
                    settings: try DingTalkSettings(
                        appKey: "a", corpId: "c", template: "t.schema", trustsClicks: true, apiUrl: nil),
                    secrets: secrets)
            case .wecom:
                return WeCom(
                    settings: try WeComSettings(corpId: "wx5823bf96d3bd56c7", agentId: 1, apiUrl: nil),
                    secrets: secrets)
            case .teams: return Teams(settings: TeamsSettings(language: "en"), secrets: secrets)
            }
        }
    }

    /// What carries the card.
    private func content(_ face: CardFace) throws -> JSON {
        switch self {
        case .feishu, .lark: FeishuCard(face).json
        case .slack: SlackCard(face).message
        case .dingtalk: DingTalkCard(face, mayApprove: true).parameters
        case .wecom: WeComCard(face).json(task: nil)
        case .teams: TeamsCard(face).message
        }
    }

    /// All that people read on it. What the vendor advises is a limit here: of the text beneath, what fits is read.
    func shown(_ face: CardFace) throws -> [String] {
        let content = try content(face)
        guard self == .wecom else {
            return Self.texts(content).map { $0.replacing("\\", with: "").replacing("&gt;", with: ">") }
        }
        var (width, text) = (0, "")
        for character in content["sub_title_text"]?.text ?? "" {
            width += DisplayWidth.of(String(character))
            // The path comes last, and the hint first.
            if face.mode == .decide, face.card.levels.allSatisfy(\.answers.isEmpty), width > 320 { break }
            text.append(character)
        }
        guard case .array(let items)? = content["horizontal_content_list"] else { return [text] }
        for item in items { #expect(DisplayWidth.of(item["value"]?.text ?? "") <= 60) }
        return [text] + items.map { "\($0["keyname"]?.text ?? ""): \($0["value"]?.text ?? "")" }
    }

    func approves(_ face: CardFace) throws -> Bool {
        let content = try content(face)
        let text = String(decoding: content.bytes, as: UTF8.self)
        return switch self {
        case .feishu, .lark: text.contains("\"d\":\"approve\"")
        case .slack: text.contains("\"action_id\":\"approve\"")
        case .dingtalk: content["mode"]?.text == "decide"
        case .wecom: text.contains("\"approve:")
        case .teams: false
        }
    }

    private static func texts(_ json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let all): all.flatMap(texts)
        case .object(let members): members.flatMap { texts($0.value) }
        default: []
        }
    }
}
