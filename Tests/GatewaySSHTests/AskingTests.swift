import Foundation
import GatewayContract
import GatewayCore
import Kernel
import SSH
import Synchronization
import TestSupport
import Testing

@testable import GatewaySSH

/// Asking for access at the terminal, and answering those who do.
@Suite(.timeLimit(.minutes(5)), .serialized) struct AskingTests {
    private func withGateway(
        waits: DecisionWaits = DecisionWaits(),
        _ body: @escaping @Sendable (TestGateway, OpenSSHClient, Probe, String) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(waits: waits)
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let probe = Probe(on: gateway.ssh.loops.next())
            try await body(gateway, try await gateway.client(), probe, target.user)
            await probe.close()
        }
    }

    private static func hint(
        _ account: String?, open: OpenRequest? = nil, emergency: EmergencyOffer? = nil
    ) -> AccessRequestHint {
        AccessRequestHint(
            command: "gatehouse request \(account ?? "ACCOUNT")@web-1 --for 1h --reason \"…\"",
            url: "https://acme.example/requests?new=1",
            wish: RequestWish(asset: .new(), name: "web-1", account: account, durationSeconds: 3600), open: open,
            emergency: emergency)
    }

    @Test func `whoever is refused asks right there, and is let in when it is approved`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.hint = Self.hint(user)
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("no access to \(user)@web-1: nothing grants it")
            try await probe.expect("no grant covers web-1 now")
            try await probe.expect("gatehouse request \(user)@web-1")
            await probe.type("r\r")
            try await probe.expect("How long")
            await probe.type("soon\r")
            try await probe.expect("A number and a unit")
            await probe.type("30m\r")
            try await probe.expect("Why (the approvers read it)")
            await probe.type("disk alarm\r")
            try await probe.expect("1. Team lead: one of Bo, within 2 h")
            #expect(gateway.server.state.withLock { $0.desk.asked.isEmpty })
            await probe.type("y\r")
            try await probe.expect("Waiting for #12")
            let asked = try #require(gateway.server.state.withLock { $0.desk.asked.first })
            #expect(asked.wish.account == user)
            #expect(asked.wish.durationSeconds == 1800)
            #expect(asked.reason == "disk alarm")
            try await eventually("somebody waits") { gateway.core.waits.count == 1 }
            try await eventually("the stream is there") { !gateway.server.state.withLock { $0.listeners.isEmpty } }
            let ticket = gateway.server.state.withLock { state in
                state.desk.approve(state.desk.mine[0].ticket)
                state.isRefusing = false
                return state.desk.mine[0].ticket
            }
            // Somebody else's request wakes nobody here.
            let looks = gateway.server.state.withLock { $0.desk.looks }
            gateway.server.send(WorkerEvent(kind: .decision, ticket: .new()))
            gateway.server.send(WorkerEvent(kind: .decision, ticket: ticket))
            try await probe.expect("#12: approved by Bo: go ahead")
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            #expect(gateway.server.state.withLock { $0.desk.looks } == looks + 1)
            #expect(gateway.core.waits.count == 0)
            await probe.type("exit\r")
            #expect(try await probe.end() == .status(0))
        }
    }

    @Test func `a rejection is told with its remark, which cannot move the cursor`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.hint = Self.hint(nil)
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("r\r")
            try await probe.expect("Account on web-1:")
            await probe.type("\(user)\r\rbecause\ry\r")
            try await probe.expect("Waiting for #12")
            let ticket = gateway.server.state.withLock { state in
                state.desk.reject(state.desk.mine[0].ticket)
                return state.desk.mine[0].ticket
            }
            try await eventually("the stream is there") { !gateway.server.state.withLock { $0.listeners.isEmpty } }
            gateway.server.send(WorkerEvent(kind: .decision, ticket: ticket))
            try await probe.expect("#12: rejected by Bo: not [2J today")
            #expect(try await probe.end() == .status(255))
        }
    }

    @Test func `an open request is named, and can be waited for or left`() async throws {
        try await withGateway { gateway, client, probe, user in
            let card = FakeDesk.card(7, isOwn: true)
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.desk.mine = [card]
                $0.hint = Self.hint(
                    user,
                    open: OpenRequest(
                        ticket: card.ticket, number: 7, since: Date() - 305, deadline: Date() + 7300, people: ["Bo"]))
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("You have asked for this 5 min ago: request #7 waits for Bo, 2 h at most.")
            await probe.type("w\r")
            try await probe.expect("Waiting for #7")
            await probe.type("q")
            try await probe.expect("The request stays open.")
            #expect(try await probe.end() == .status(255))
            #expect(gateway.core.waits.count == 0)
            #expect(gateway.server.state.withLock { $0.desk.asked.isEmpty })
        }
    }

    @Test(arguments: ["rejected", "gone"])
    func `what became of a request is found out and told without the event, which may be lost`(_ end: String)
        async throws
    {
        let waits = DecisionWaits(asking: .milliseconds(50) ... .milliseconds(100))
        try await withGateway(waits: waits) { gateway, client, probe, user in
            let card = FakeDesk.card(7, isOwn: true)
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.desk.mine = [card]
                $0.hint = Self.hint(
                    user,
                    open: OpenRequest(
                        ticket: card.ticket, number: 7, since: Date() - 305, deadline: Date() + 7300, people: ["Bo"]))
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("w\r")
            try await probe.expect("Waiting for #7")
            gateway.server.state.withLock { state in
                if end == "gone" { state.desk.mine = [] } else { state.desk.reject(card.ticket) }
            }
            try await probe.expect(end == "gone" ? "There is no such request." : "#7: rejected by Bo")
            #expect(try await probe.end() == .status(255))
            #expect(gateway.core.waits.count == 0)
        }
    }

    @Test func `without a terminal the exact command is printed, and nobody is asked anything`() async throws {
        try await withGateway { gateway, client, _, user in
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.hint = Self.hint(user)
            }
            let result = try await client.run("acme+lin+\(user)+web-1", "uptime", options: ["-T"])
            #expect(result.status == 255)
            #expect(result.text.isEmpty)
            #expect(result.errors.contains("gatehouse request \(user)@web-1 --for 1h --reason"))
            #expect(!result.errors.contains("to ask for it now"))
            // With a terminal whose other end says nothing more, the client is not held.
            let quiet = try await client.run("acme+lin+\(user)+web-1", options: ["-tt"])
            #expect(quiet.status == 255)
            #expect(gateway.server.state.withLock { $0.desk.asked.isEmpty })
        }
    }

    @Test func `from the menu something is searched, asked for and opened`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock { state in
                state.desk.targets = ["db-1", "web-1", "web-2"].map {
                    RequestableTarget(asset: .new(), name: $0, platform: "linux")
                }
            }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("r ask, w yours, d decide, b emergency")
            await probe.type("r\r")
            try await probe.expect("3  web-2  linux")
            await probe.forget()
            await probe.type("web\r")
            try await probe.expect("2  web-2  linux")
            await probe.type("9\r")
            try await probe.expect("There is no number 9 here.")
            await probe.type("1\r\(user)\r2h\rrelease\rn\r")
            try await probe.expect("Nothing was sent.")
            #expect(gateway.server.state.withLock { $0.desk.asked.isEmpty })
            await probe.forget()
            await probe.type("r\r2\r\(user)\r\rrelease\ry\r")
            try await probe.expect("Waiting for #12")
            try await eventually("the stream is there") { !gateway.server.state.withLock { $0.listeners.isEmpty } }
            let ticket = gateway.server.state.withLock { state in
                state.desk.approve(state.desk.mine[0].ticket)
                return state.desk.mine[0].ticket
            }
            gateway.server.send(WorkerEvent(kind: .decision, ticket: ticket))
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            #expect(gateway.server.state.withLock { $0.requests.last?.target.asset } == "web-1")
            await probe.type("exit\r")
            try await probe.expect("1–1 of 1")
            await probe.type("w\r")
            try await probe.expect(" 1  #12  \(user)@web-1  approved")
        }
    }

    @Test func `what is to be done besides connecting is asked for by numbers or names`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock { state in
                state.desk.targets = [RequestableTarget(asset: .new(), name: "web-1", platform: "linux")]
                state.desk.actions = Self.actions
            }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("r\r1\r\(user)\r")
            try await probe.expect("Besides connecting: 1 upload, 2 download, 3 forward ports")
            await probe.type("4\r")
            try await probe.expect("There is no 4 here.")
            await probe.type("fly\r")
            try await probe.expect("There is no fly here.")
            await probe.type("3, download\r2h\rrelease\r")
            try await probe.expect("\(user)@web-1, download, forward ports, 2 h")
            await probe.type("y\r")
            try await probe.expect("Waiting for #12")
            let asked = try #require(gateway.server.state.withLock { $0.desk.asked.first })
            #expect(asked.wish.actions == ["download", "forward"])
            await probe.type("q")
            try await probe.expect("The request stays open.")
        }
    }

    private static let actions = [
        RequestWord("upload", Wording("upload", "上传")), RequestWord("download", Wording("download", "下载")),
        RequestWord("forward", Wording("forward ports", "端口转发")),
    ]

    @Test func `emergency access warns, takes a code, and connects at once`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock { state in
                state.desk.targets = [RequestableTarget(asset: .new(), name: "web-1", platform: "linux")]
                state.desk.emergency = EmergencyOffer(seconds: 1800, actions: [Self.actions[1]])
            }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("b\r")
            try await probe.expect("*** EMERGENCY ACCESS ***")
            await probe.type("1\r\(user)\r1\r")
            try await probe.expect("How long (30m) [30m]: ")
            await probe.type("2h\r")
            try await probe.expect("A number and a unit, 30 min at most.")
            await probe.type("\rsite down\r")
            try await probe.expect("EMERGENCY ACCESS: \(user)@web-1, download, 30 min")
            // Without a code nothing happens.
            await probe.type("\r")
            try await probe.expect("Nothing was taken, and nobody was told.")
            #expect(gateway.server.state.withLock { $0.desk.taken.isEmpty })
            await probe.forget()
            await probe.type("b\r1\r\(user)\r\r20m\rsite down\r000000\r")
            try await probe.expect("The code was not right.")
            await probe.type("b\r1\r\(user)\r1\r20m\rsite down\r123456\r")
            try await probe.expect("#13 is the review.")
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            let taken = try #require(gateway.server.state.withLock { $0.desk.taken.last })
            #expect(taken.wish.actions == ["download"] && taken.wish.durationSeconds == 1200)
            #expect(taken.wish.account == user && taken.reason == "site down")
            await probe.type("exit\r")
        }
    }

    @Test func `whoever no rule gives it to is told so, and whoever is refused may take it right there`() async throws {
        try await withGateway { gateway, client, probe, user in
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("b\r")
            try await probe.expect("No rule gives you that.")
            #expect(await !probe.shown.contains("*** EMERGENCY"))
            await probe.close()
        }
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock {
                $0.isRefusing = true
                $0.hint = Self.hint(user, emergency: EmergencyOffer(seconds: 3600, actions: []))
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("r and Enter to ask for it now, b for emergency access, Enter to leave")
            await probe.type("b\r\rsite down\r")
            try await probe.expect("*** EMERGENCY ACCESS ***")
            try await probe.expect("EMERGENCY ACCESS: \(user)@web-1, 1 h")
            gateway.server.state.withLock { $0.isRefusing = false }
            await probe.type("123456\r")
            try await probe.expect("#13 is the review.")
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            await probe.type("exit\r")
        }
    }

    @Test func `an approver reads what it is about and decides exactly that, by a code`() async throws {
        try await withGateway { gateway, client, probe, _ in
            let card = FakeDesk.card(31, requester: "Eve\u{1B}]0;x\u{7}", mayDecide: true)
            gateway.server.state.withLock { $0.desk.inbox = [card] }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("d\r")
            try await probe.expect("#31  Eve ]0;x : deploy@web-1")
            await probe.type("#31\r")
            try await probe.expect("a to approve, r to reject")
            #expect(await !probe.shown.contains("\u{1B}"))
            await probe.type("a\rfine\r000000\r")
            try await probe.expect("The code was not right.")
            await probe.type("1\ra\rfine\r123456\r")
            try await probe.expect("Lin Chen approved")
            let decisions = gateway.server.state.withLock { $0.desk.decisions }
            #expect(decisions.map(\.isApproval) == [true, true])
            #expect(decisions.last?.digest == card.digest)
            #expect(decisions.last?.comment == "fine")
        }
    }

    @Test func `a refusal takes no code, and a level with a passkey is for the portal`() async throws {
        try await withGateway { gateway, client, probe, _ in
            let card = FakeDesk.card(31, requester: "Eve", mayDecide: true, needsPasskey: true)
            gateway.server.state.withLock { $0.desk.inbox = [card] }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("d\r1\r")
            try await probe.expect("which works in the portal only")
            try await probe.expect("https://acme.example/requests/\(card.ticket.text)".prefix(40).description)
            await probe.type("a\r")
            try await probe.expect("A number to look at it")
            #expect(gateway.server.state.withLock { $0.desk.decisions.isEmpty })
            await probe.type("1\rr\rno\r")
            try await probe.expect("Lin Chen rejected")
            let decision = try #require(gateway.server.state.withLock { $0.desk.decisions.first })
            #expect(!decision.isApproval && decision.code == nil)
        }
    }

    @Test func `a level that asks why is answered with words only`() async throws {
        try await withGateway { gateway, client, probe, _ in
            let card = FakeDesk.card(31, requester: "Eve", mayDecide: true, needsComment: true)
            gateway.server.state.withLock { $0.desk.inbox = [card] }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            for answer in ["a", "r"] {
                await probe.type("d\r1\r\(answer)\r")
                try await probe.expect("Why (this level asks for it): ")
                await probe.type(" \r")
                try await probe.expect("Nothing was decided.")
                await probe.type("\r")
            }
            #expect(gateway.server.state.withLock { $0.desk.decisions.isEmpty })
            await probe.type("d\r1\rr\rnot today\r")
            try await probe.expect("Lin Chen rejected")
            #expect(gateway.server.state.withLock { $0.desk.decisions.map(\.comment) } == ["not today"])
        }
    }

    @Test func `what is longer than the screen is read screen by screen before it is answered`() async throws {
        try await withGateway { gateway, client, probe, _ in
            let assets = (0..<200).map { "machine-\($0)." }
            let card = FakeDesk.card(
                31, requester: "Eve", mayDecide: true, facts: [RequestFact(label: "assets", values: assets)])
            gateway.server.state.withLock { $0.desk.inbox = [card] }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("d\r1\r")
            try await probe.expect("Enter for the rest, q to go back")
            #expect(await !probe.shown.contains("a to approve"))
            await probe.type("q\r")
            try await probe.expect("A number to look at it")
            await probe.forget()
            await probe.type("1\r")
            try await probe.expect("Enter for the rest")
            await probe.type("\r\r\r\r")
            try await probe.expect("a to approve, r to reject")
            #expect(await probe.shown.contains("machine-199."))
        }
    }

    @Test func `one's own request is looked at and taken back`() async throws {
        try await withGateway { gateway, client, probe, _ in
            let card = FakeDesk.card(7, isOwn: true)
            gateway.server.state.withLock { $0.desk.mine = [card] }
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            await probe.type("w\r1\rx\r")
            try await probe.expect("taken back")
            #expect(gateway.server.state.withLock { $0.desk.withdrawn } == [card.ticket])
        }
    }

    @Test func `people who read Chinese are spoken to in Chinese`() async throws {
        try await withGateway { gateway, client, probe, user in
            gateway.server.state.withLock {
                $0.language = "zh-CN"
                $0.isRefusing = true
                $0.hint = Self.hint(user)
            }
            try await probe.open(client, user: "acme+lin+\(user)+web-1", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("无法访问 \(user)@web-1")
            try await probe.expect("没有授权：no grant covers web-1 now")
            await probe.type("r\r\r磁盘告警\r")
            try await probe.expect("1. Team lead: 其中一人： Bo, 2 小时内")
            await probe.type("y\r")
            try await probe.expect("正在等待 #12")
        }
    }
}

@Suite struct RequestTextTests {
    private func hostile(_ number: Int) -> RequestCard {
        FakeDesk.card(
            number, requester: "林晨\u{1B}[31m\u{202E}",
            facts: [
                RequestFact(label: "assets", values: ["生产数据库服务器一号节点", String(repeating: "x", count: 300)]),
                RequestFact(label: "un\u{7}known", values: ["a\nb\r\u{9B}2J"]),
            ], reason: "因为需要\u{8}\u{8}紧急修复 " + String(repeating: "very ", count: 60),
            answers: [
                .init(
                    name: "Bo\u{0}", onBehalfOf: "Cy\u{2028}", isApproval: true, comment: "line\nline", at: Date() - 60)
            ])
    }

    @Test(arguments: [20, 40, 80, 200], ["en", "zh-CN"])
    func `nothing is wider than the terminal, and nobody's words steer it`(_ columns: Int, _ language: String) {
        let text = RequestText(speech: Speech(language), columns: columns, now: Date())
        let path = RequestPath(
            flow: "标准\u{1B}c", risk: "high", approvesItself: false, isParallel: true,
            levels: [
                .init(
                    name: "安全\u{202E}", quorum: 2, people: ["一", "二", "三", "四", "五", "六\u{1B}"], more: 7,
                    needsPasskey: true, latest: Date() + 90_000)
            ])
        let all =
            text.card(hostile(1)) + text.row(hostile(2), number: 1) + text.path(path)
            + text.refused(RequestRefused(code: "x", text: "no\u{1B}[2J\nwhy " + String(repeating: "宽", count: 90)))
        for line in all.split(separator: "\n") { #expect(DisplayWidth.of(line) < columns, "\(line)") }
        #expect(
            !all.unicodeScalars.contains {
                ($0.value < 0x20 && $0 != "\n") || 0x7F...0x9F ~= $0.value || [0x202E, 0x2028].contains($0.value)
            })
    }

    @Test(arguments: ["en", "zh-CN"])
    func `all that would be approved is told, and what was taken away before`(_ language: String) {
        let assets = (0..<100).map { "asset-\($0)." }
        let name = Wording("Duration", "时长")
        let (long, short) = (
            RequestFact(label: "duration", values: ["7200"], form: .seconds, name: name),
            RequestFact(label: "duration", values: ["3600"], form: .seconds, name: name)
        )
        let card = FakeDesk.card(
            1,
            facts: [
                RequestFact(label: "assets", values: assets, name: Wording("Assets", "资产")),
                RequestFact(
                    label: "actions", values: ["connect"], name: Wording("Actions", "操作"),
                    words: [RequestWord("connect", Wording("connect", "连接"))]),
                RequestFact(label: "command", values: ["rm x\nls"]),
            ],
            answers: (0..<30).map { number in
                .init(
                    name: "B\(number).", onBehalfOf: nil, isApproval: true, comment: "", at: Date(),
                    changes: number == 0 ? [RequestChange(from: long, to: short)] : [])
            })
        let text = RequestText(speech: Speech(language), columns: 80, now: Date()).card(card)
        // Chinese lines may break within a name.
        let unbroken = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
        for asset in assets { #expect(unbroken.contains(asset)) }
        for number in 0..<30 { #expect(text.contains("B\(number).")) }
        let isChinese = language != "en"
        #expect(text.contains(isChinese ? "缩小了申请：时长 2 小时 → 1 小时" : "narrowed it: Duration 2 h → 1 h"))
        #expect(text.contains(isChinese ? "连接" : "connect") && text.contains(isChinese ? "资产" : "Assets"))
        #expect(text.contains("rm x ⏎ ls"), "two commands are not read as one")
    }

    @Test(
        arguments: [
            ("30m", 1800), ("8h", 28_800), ("7d", 604_800), ("45", 2700), ("0m", nil), ("31d", nil), ("1y", nil),
            ("-5m", nil), ("", nil), ("99999999999999999999h", nil), ("１h", nil),
        ] as [(String, Int?)])
    func `lengths of time are read as people write them`(_ typed: String, _ seconds: Int?) {
        #expect(Speech.seconds(typed) == seconds)
    }

    @Test func `an exact length is told exactly`() {
        #expect(Speech.english.length(5400) == "1 h 30 min")
        #expect(Speech("zh").length(86_400) == "1 天")
    }
}
