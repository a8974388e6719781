import SSH
import Testing

@testable import GatewaySSH

@Suite struct SFTPRefusalTests {
    private let initialize: [UInt8] = [0, 0, 0, 5, 1, 0, 0, 0, 3]
    private let realPath: [UInt8] = [0, 0, 0, 10, 16, 0, 0, 0, 9, 0, 0, 0, 1, 0x2E]

    @Test func `the version is answered, and everything else refused with the reason`() {
        var refusal = SFTPRefusal(reason: "no")
        let version = refusal.receive(initialize)
        #expect(version == [0, 0, 0, 5, 2, 0, 0, 0, 3])
        let denied = refusal.receive(realPath)
        #expect(
            denied == [0, 0, 0, 21, 101, 0, 0, 0, 9, 0, 0, 0, 3, 0, 0, 0, 2, 0x6E, 0x6F, 0, 0, 0, 2, 0x65, 0x6E])
    }

    @Test func `packets may come in pieces`() {
        var refusal = SFTPRefusal(reason: "no")
        var answers: [UInt8] = []
        for byte in initialize + realPath { answers += refusal.receive([byte]) }
        #expect(answers.count == 9 + 25)
    }

    @Test(arguments: [[0xFF, 0xFF, 0xFF, 0xFF, 1], [0, 0, 0, 0, 1], Array("GET / HTTP/1.1".utf8)])
    func `what is no SFTP breaks it off`(_ bytes: [UInt8]) {
        var refusal = SFTPRefusal(reason: "no")
        let answers = refusal.receive(bytes)
        #expect(answers.isEmpty)
        #expect(refusal.isBroken)
    }
}

@Suite struct ChannelStartTests {
    @Test func `only harmless variables go on to the target`() {
        var start = ChannelStart()
        for (name, value) in [
            ("LANG", "de_DE.UTF-8"), ("LC_ALL", "C"), ("LD_PRELOAD", "/tmp/x.so"), ("PATH", "/tmp"), ("LC_A", "x\ny"),
            ("LC_a", "x"), ("TZ", "UTC"), ("BASH_ENV", "/tmp/x"), ("LC_" + String(repeating: "X", count: 100), "x"),
        ] {
            let isReady = start.take(.environment(name: name, value: value))
            #expect(!isReady)
        }
        #expect(start.environment.map(\.name) == ["LANG", "LC_ALL", "TZ"])
    }

    @Test func `the first terminal counts, its size can still change, and a strange name of it is replaced`() {
        var start = ChannelStart()
        _ = start.take(.terminal(TerminalSize(columns: 0, rows: 99_999), term: "xterm; rm -rf /"))
        _ = start.take(.terminal(TerminalSize(columns: 5, rows: 5), term: "vt100"))
        #expect(start.terminal?.term == "xterm")
        #expect(start.terminal?.size == TerminalSize(columns: 80, rows: 500))
        _ = start.take(.resize(TerminalSize(columns: 120, rows: 40)))
        #expect(start.terminal?.size == TerminalSize(columns: 120, rows: 40))
        let isReady = start.take(.shell)
        #expect(isReady)
    }
}

@Suite struct RelayFlowTests {
    @Test func `in strict mode bytes are free when the disk has them, in order`() {
        var flow = RelayFlow()
        flow.record(10, position: 1, isStrict: true)
        flow.record(20, position: 3, isStrict: true)
        #expect(flow.released == 0)
        flow.becameDurable(2)
        #expect(flow.released == 10)
        flow.relay(4)
        #expect(flow.released == 6)
        #expect(flow.recorded == 26)
        flow.becameDurable(7)
        #expect(flow.released == 26)
    }
}
