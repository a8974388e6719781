import Foundation
import GatewayWeb
import Kernel
import Outbound
import Postgres
import SSH
import TestSupport
import Testing

/// Whatever a client can ask for at ssh, and every socket of a worker: shut to whoever has shown a password only, open to
/// whoever has shown a code besides. Server, worker, target and client are programs of their own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EntranceProcessTests {
    @Test func `nothing that a client can ask for is had without a second factor, and all of it with one`()
        async throws
    {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let worker = try await WorkerProcess(installation, name: "one")
        let server = try await RealServer(ada)
        let bob = try await Visitor("bob", of: ada, to: server)
        _ = try await installation.test.superuser().execute("delete from tenant_factor_rules")
        for kind in ChannelRequestKind.allCases {
            let wish = Wish(kind)
            for isWhole in [false, true] {
                let code = isWhole ? try await bob.person.unusedCode() : "000000"
                let answers = try Answers(password: bob.person.password, code: code)
                defer { withExtendedLifetime(answers) {} }
                let ssh = try await bob.keyless(wish.command, through: worker.port, options: wish.options)
                let came = try await Command.run(
                    wish.around + answers.environment + ssh, input: Data(wish.input.utf8), limit: .seconds(40))
                let said = came.text + came.errors
                #expect(said.contains(wish.sign) == isWhole, "\(kind), \(isWhole): \(said)")
                if !isWhole { #expect(came.status == 255, "\(kind): \(said)") }
            }
        }
        try await menu(bob, worker)
        for route in SocketRoute.allCases { try await socket(route, bob, server) }
        await worker.kill()
    }

    /// Who names no target is shown what they may reach.
    private func menu(_ bob: Visitor, _ worker: WorkerProcess) async throws {
        for isWhole in [false, true] {
            let code = isWhole ? try await bob.person.unusedCode() : "000000"
            let answers = try Answers(password: bob.person.password, code: code)
            let ssh = try await bob.keyless(nil, through: worker.port, options: ["-tt"]).map { word in
                word.hasSuffix("@127.0.0.1") ? "\(bob.person.slug)+\(bob.person.login)@127.0.0.1" : word
            }
            let client = try ChildProcess(answers.environment + ssh)
            // Its input is at an end: it closes by itself.
            try await eventually("the menu was shown, or nothing", within: .seconds(40)) { client.hasEnded }
            #expect(client.output.contains("web-1") == isWhole, "\(client.output)")
            if !isWhole { #expect(await client.wait() == 255, "\(client.output)") }
        }
    }

    private func socket(_ route: SocketRoute, _ bob: Visitor, _ server: RealServer) async throws {
        switch route {
        case .terminal:
            let installation = bob.person.installation
            let origin = "http://acme.localhost:\(installation.port)"
            let wish: JSON = ["asset": .string(server.asset), "account": .string(server.target.user)]
            let made = try await bob.person.call(.post, "/terminal-tokens", wish, expecting: 201)
            let url = made["url"].prefix { $0 != "?" }
            #expect(url.hasSuffix(route.rawValue), "\(url)")
            // What a password alone gets, and a browser that has shown one only.
            let half = try await installation.call(
                .post, "/api/v1/auth/sign-in", ["login": "bob", "password": .string(bob.person.password)], on: "acme")
            #expect(half["step"] == "second-factor", "\(half.text)")
            let superuser = try await installation.test.superuser()
            for (moment, status) in [("null", 401), ("now()", 201)] as [(SQL, Int)] {
                _ = try await superuser.execute(
                    "update web_sessions set second_factor_at = \(fragment: moment)")
                #expect(try await bob.person.call(.post, "/terminal-tokens", wish).status == status)
            }
            for (token, isWhole) in [(half["token"], false), (made["token"], true)] {
                let socket = try BrowserTerminal.open(url: String(url), token: token, origin: origin)
                try await eventually("the terminal is open, or closed", within: .seconds(40)) {
                    socket.hasEnded || socket.output.contains("in-2")
                }
                #expect(socket.output.contains("in-2") == isWhole, "\(socket.output)")
                #expect(socket.output.contains(#""reason":"refused""#) == !isWhole, "\(socket.output)")
                await socket.stop()
            }
        }
    }
}

/// What a client asks for, and by what it sees that it has it.
private struct Wish {
    var command: String? = "echo in-$((1+1))"
    var options: [String] = []
    var input = ""
    var sign = "in-2"
    /// What the client is run by.
    var around: [String] = []

    init(_ kind: ChannelRequestKind) {
        switch kind {
        case .run: break
        case .terminal:
            options = ["-tt"]
            command = "test -t 0 && echo in-$((1+1))"
        case .environment:
            options = ["-o", "SetEnv=LC_WALK=in-2"]
            command = "echo $LC_WALK"
        case .shell:
            options = ["-T"]
            command = nil
            input = "echo in-$((1+1))\nexit\n"
        case .subsystem:
            options = ["-s"]
            command = "other"
            sign = "the subsystem other is not available"
        case .resize:
            options = ["-tt"]
            command = #"echo ready; while [ "$(stty size)" != "33 99" ]; do sleep 0.1; done; echo in-$((1+1))"#
            around = ["python3", "-c", Self.resizing]
        }
    }

    /// Runs a client at a terminal of its own, whose size it changes when the target is there.
    private static let resizing = """
        import fcntl, os, pty, signal, struct, sys, termios
        # Whoever started this may have held signals back, that of the size among them.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        pid, fd = pty.fork()
        if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
        seen = b""; changed = False
        while True:
            try: data = os.read(fd, 4096)
            except OSError: break
            if not data: break
            seen += data; sys.stdout.buffer.write(data); sys.stdout.flush()
            if b"ready" in seen and not changed:
                changed = True
                fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
        _, status = os.waitpid(pid, 0)
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
        """
}
