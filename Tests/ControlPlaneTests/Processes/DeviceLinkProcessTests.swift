import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// Signing in at the system's ssh with a browser; server and worker are programs of their own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DeviceLinkProcessTests {
    /// A terminal in which somebody presses Enter twice for a link, and once more when there is a file.
    private func terminal(_ ssh: [String], goesOnAt file: String) throws -> ChildProcess {
        let script = """
            import os, pty, select, sys, time
            pid, fd = pty.fork()
            if pid == 0: os.execvp("ssh", \(ssh))
            seen, pressed, end = "", 0, time.time() + 90
            while time.time() < end:
                if select.select([fd], [], [], 0.1)[0]:
                    try: data = os.read(fd, 4096)
                    except OSError: break
                    if not data: break
                    seen += data.decode(errors="replace")
                    sys.stdout.write(data.decode(errors="replace")); sys.stdout.flush()
                if pressed == 0 and "Password: " in seen or pressed == 1 and "ode: " in seen.split("Password: ")[-1]:
                    os.write(fd, b"\\n"); pressed += 1
                if pressed == 2 and "have confirmed: " in seen and os.path.exists("\(file)"):
                    os.write(fd, b"\\n"); pressed += 1
            if time.time() >= end: os.kill(pid, 9)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
            """
        return try ChildProcess(["python3", "-c", script])
    }

    @Test func `whoever confirms in the portal is in at the terminal, and whoever says that it is not them is not`()
        async throws
    {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let worker = try await WorkerProcess(installation, name: "one")
        let bob = try await Visitor("bob", of: ada, to: try await RealServer(ada))
        try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Single sign-on", "secret": "s",
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ], expecting: 201)
        for isMe in [true, false] {
            let file = installation.folder.file("decided-\(isMe)")
            let client = try terminal(
                try await bob.keyless("echo in-$((1+1))", through: worker.port), goesOnAt: file)
            try await eventually("the terminal has a link", within: .seconds(60)) {
                client.hasEnded || client.output.contains("have confirmed: ")
            }
            #expect(client.output.contains("sign in with your browser"), "\(client.output)")
            let link = try #require(
                client.output.firstMatch(of: /http:\/\/acme\.[^ \r\n]+\/device#([A-Za-z0-9_-]+)/), "\(client.output)")
            let token = JSON.string(String(link.output.1))
            let shown = try await bob.person.call(.post, "/me/device-link", ["token": token], expecting: 200)
            #expect(shown["clientAddress"] == "127.0.0.1" && client.output.contains(shown["code"]))
            try await bob.person.call(
                .post, "/me/device-link/decision", ["token": token, "isMe": .bool(isMe)], expecting: 204)
            try Installation.write("", to: file)
            try await eventually("the client has ended", within: .seconds(60)) { client.hasEnded }
            #expect(client.output.contains("in-2") == isMe, "\(client.output)")
            #expect(await client.wait() == (isMe ? 0 : 255))
        }
        try await eventually("the one session is over", within: .seconds(30)) {
            try await bob.sessions().map(\.state) == ["ended"]
        }
        let ways = try await installation.test.superuser().query(
            "select details ->> 'by' from audit_events where action = 'sign-in.gateway' and outcome = 'success'"
        ) { try $0.next(String?.self) }
        #expect(ways == ["browser"])
    }
}
