import Foundation
import GatewayContract
import GatewayCore
import Kernel
import SSH
import Synchronization
import TestSupport
import Testing

@testable import GatewaySSH

@Suite struct MenuStateTests {
    private func menu(_ count: Int, total: Int? = nil, page: Int = 0, words: String = "") -> MenuState {
        var menu = MenuState(user: "Lin", tenant: "Acme", portal: "https://acme.example")
        let items = (0..<count).map {
            MenuTarget(
                name: "web-\(page * 20 + $0 + 1)", account: "deploy", address: "10.0.0.\($0)", platform: "Linux",
                until: nil)
        }
        menu.loaded(
            TargetsPage(items: items, total: total ?? count, pageSize: 20), words: words, number: page)
        return menu
    }

    @Test func `numbers, words and letters mean what the help says`() {
        let menu = menu(20, total: 45)
        guard case .open(let target) = menu.action(for: " 3 ") else {
            Issue.record("a number opens nothing")
            return
        }
        #expect(target.name == "web-3")
        #expect(menu.action(for: "db") == .load(words: "db", page: 0))
        #expect(menu.action(for: "/db one") == .load(words: "db one", page: 0))
        #expect(menu.action(for: "/") == .load(words: "", page: 0))
        #expect(menu.action(for: "n") == .load(words: "", page: 1))
        #expect(menu.action(for: "") == .load(words: "", page: 1))
        #expect(menu.action(for: "q") == .quit)
        guard case .show = menu.action(for: "21") else {
            Issue.record("a number of another page opens something")
            return
        }
    }

    @Test func `numbers go on over pages`() {
        let menu = menu(5, total: 45, page: 2)
        guard case .open(let target) = menu.action(for: "41") else {
            Issue.record("nothing is opened")
            return
        }
        #expect(target.name == "web-41")
        #expect(menu.action(for: "") == .load(words: "", page: 0))
    }

    @Test func `Enter connects when one thing is left`() {
        guard case .open = menu(1, words: "web").action(for: "") else {
            Issue.record("nothing is opened")
            return
        }
    }

    @Test(arguments: [20, 40, 80, 200])
    func `no line is wider than the terminal, whatever the names`(_ columns: Int) {
        var menu = MenuState(user: "林晨", tenant: "Überlandzentrale GmbH & Co. KG", portal: "")
        menu.loaded(
            TargetsPage(
                items: [
                    MenuTarget(
                        name: "生产数据库服务器一号节点", account: "管理员", address: "2001:db8::1", platform: "Linux",
                        until: Date() + 5000),
                    MenuTarget(
                        name: String(repeating: "n", count: 255), account: "a", address: "", platform: "L", until: nil),
                    MenuTarget(
                        name: "evil\u{1B}[2J\u{202E}", account: "x\u{7}", address: "", platform: "L", until: nil),
                ], total: 3, pageSize: 20), words: "", number: 0)
        let list = menu.list(columns: columns, now: Date())
        for line in list.split(separator: "\n") { #expect(DisplayWidth.of(line) < columns) }
        #expect(!list.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test func `where somebody was of late says so`() {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        var menu = MenuState(user: "lin", tenant: "Acme", portal: "")
        let targets: [(TimeInterval, String)] = [
            (0, "just now"), (300, "5 min ago"), (4 * 3600, "4 h ago"), (3 * 86400, "3 days ago"),
        ]
        menu.loaded(
            TargetsPage(
                items: targets.map {
                    MenuTarget(name: "web", account: "a", address: "", platform: "linux", lastUsed: now - $0.0)
                }, total: 4, pageSize: 20), words: "", number: 0)
        let list = menu.list(columns: 80, now: now)
        for (_, words) in targets { #expect(list.contains("used \(words)")) }
    }

    @Test func `nothing to reach says how to ask`() {
        let menu = menu(0)
        let list = menu.list(columns: 200, now: Date())
        #expect(list.contains("no access to anything yet") && list.contains("r to ask") && list.contains("d to decide"))
        #expect(menu.action(for: "r") == .ask)
        #expect(menu.action(for: "w") == .requests(.mine))
        #expect(menu.action(for: "d") == .requests(.inbox))
        guard case .show(let text) = menu.action(for: "?") else {
            Issue.record("nothing is shown")
            return
        }
        #expect(text.contains("gatehouse request"))
        #expect(text.contains("https://acme.example"))
    }
}

@Suite struct MenuInputTests {
    private func type(_ text: String) -> (line: MenuInput.Event?, echo: String) {
        var input = MenuInput()
        let (echo, event, _) = input.receive(Array(text.utf8)[...])
        return (event, String(decoding: echo, as: UTF8.self))
    }

    @Test func `keys are echoed, and backspace takes whole characters back`() {
        let (line, echo) = type("ab中\u{7F}\u{7F}c\r")
        #expect(line == .line("ac"))
        #expect(echo == "ab中\u{8} \u{8}\u{8} \u{8}\u{8} \u{8}c\r\n")
    }

    @Test func `arrow keys and other sequences are ignored`() {
        #expect(type("\u{1B}[A\u{1B}OPx\u{1B}[1;5C\r").line == .line("x"))
    }

    @Test func `control keys clear and leave`() {
        #expect(type("abc\u{15}d\r").line == .line("d"))
        #expect(type("abc\u{3}d\r").line == .line("d"))
        #expect(type("\u{3}").line == .quit)
        #expect(type("\u{4}").line == .quit)
    }

    @Test func `a line has a limit, and what follows it is kept for later`() {
        #expect(type(String(repeating: "x", count: 5000) + "\r").line == .line(String(repeating: "x", count: 255)))
        var input = MenuInput()
        let (_, event, rest) = input.receive(Array("1\rid\r".utf8)[...])
        #expect(event == .line("1"))
        #expect(Array(rest) == Array("id\r".utf8))
    }
}

@Suite(.timeLimit(.minutes(5)), .serialized) struct MenuSessionTests {
    @Test func `the menu lists, filters, connects, comes back and leaves`() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        gateway.server.state.withLock { state in
            state.targets += (2..<60).map {
                MenuTarget(name: "db-\($0)", account: "dba", address: "10.1.0.\($0)", platform: "Linux", until: nil)
            }
        }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let probe = Probe(on: gateway.ssh.loops.next())
            try await probe.open(client, user: "acme+lin", hostKey: gateway.ssh.hostKeys[0])
            try await probe.expect("Gatehouse · Acme · Lin Chen")
            try await probe.expect("1–20 of 59")
            await probe.type("n\r")
            try await probe.expect("21–40 of 59")
            await probe.type("w\r")
            try await probe.expect("You have not asked for anything")
            await probe.forget()
            await probe.type("/web\r")
            try await probe.expect("1–1 of 1")
            await probe.type("\r")
            await probe.type("PS1='rea''dy> '\r")
            try await probe.expect("ready> ")
            await probe.forget()
            await probe.type("exit\r")
            try await probe.expect("1–1 of 1")
            await probe.type("q\r")
            let ended = try await probe.end()
            #expect(ended == .status(0))
            await probe.close()
            let session = try #require(gateway.server.lastSession)
            try await eventually("the end is reported") { gateway.server.end(of: session)?.reason == .exited }
        }
    }

    @Test func `without a terminal the list is printed`() async throws {
        let gateway = try TestGateway()
        gateway.server.state.withLock {
            $0.targets = [MenuTarget(name: "web-1", account: "deploy", address: "", platform: "Linux", until: nil)]
        }
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let result = try await client.run("acme+lin", nil, options: ["-T"])
            #expect(result.status == 0)
            #expect(result.text.contains("deploy@web-1"))
        }
    }
}
