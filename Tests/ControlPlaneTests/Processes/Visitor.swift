import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// A company's server, which is a real sshd.
struct RealServer {
    let target: OpenSSHServer
    let asset: String

    /// Adds it as the company's administrator would.
    init(_ administrator: Person) async throws {
        target = try await OpenSSHServer()
        let made = try await administrator.call(
            .post, "/assets", ["name": "web-1", "address": "127.0.0.1", "port": .int(Int64(target.port))],
            expecting: 201)
        asset = made["id"]
        let scanned = try await administrator.call(.post, "/assets/\(asset)/host-keys/scan", expecting: 200)
        guard case .array(let keys)? = scanned.json["hostKeys"] else { throw CocoaError(.coderReadCorrupt) }
        try #require(!keys.isEmpty)
        for key in keys {
            try await administrator.call(.post, "/host-keys/\(key["id"]?.text ?? "")/pin", expecting: 200)
        }
        try await administrator.call(
            .post, "/accounts",
            [
                "asset": .string(asset), "name": .string(target.user), "kind": "ssh-key",
                "secret": .string(try target.userKey),
            ], expecting: 201)
    }
}

/// Somebody who may reach a company's server, with the system's ssh.
struct Visitor {
    let person: Person
    let id: UserID
    private let server: RealServer
    private let client: OpenSSHClient

    /// `granted` for somebody who may go in without asking.
    init(
        _ login: String, of administrator: Person, to server: RealServer, granted: Bool = true
    ) async throws {
        let made = try await administrator.call(
            .post, "/users", ["login": .string(login), "name": .string(login)], expecting: 201)
        let person = Person(installation: administrator.installation, slug: administrator.slug, login: login)
        try await person.comeIn(by: made["invitationUrl"])
        try await self.init(person, of: administrator, to: server, granted: granted)
    }

    /// The same for somebody who has come in already.
    init(
        _ person: Person, of administrator: Person, to server: RealServer, granted: Bool = true
    ) async throws {
        self.person = person
        let me = try await person.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        id = try #require(UserID(me))
        self.server = server
        client = try await OpenSSHClient(port: 0)
        let key = try String(contentsOfFile: client.folder.file("key.pub"), encoding: .utf8)
        try await person.call(
            .post, "/me/ssh-keys", ["name": "laptop", "publicKey": .string(key.trimmingCharacters(in: .newlines))],
            expecting: 201)
        guard granted else { return }
        try await administrator.call(
            .post, "/grants",
            [
                "name": .string(person.login), "users": [.string(me)], "assets": [.string(server.asset)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
    }

    /// Where the portal leads to right now.
    func gateway() async throws -> Int? {
        guard case .int(let port)? = try await person.call(.get, "/my/gateway", expecting: 200).json["sshPort"] else {
            return nil
        }
        return Int(port)
    }

    private func ssh(_ port: Int, _ command: String?, _ more: [String] = []) async throws -> [String] {
        let client = try await OpenSSHClient(port: port, folder: client.folder)
        return client.command(
            "\(person.slug)+\(person.login)+\(server.target.user)+web-1", command, options: client.options + more)
    }

    /// The same for somebody who lets themself be asked, and waits for it.
    func patient(
        _ command: String?, through port: Int, options: [String] = []
    ) async throws -> [String] {
        try await ssh(port, command, options)
            .map { ["BatchMode=yes": "BatchMode=no", "LogLevel=ERROR": "LogLevel=INFO"][$0] ?? $0 }
    }

    /// The same for somebody without a key, who types what they are asked.
    func keyless(
        _ command: String?, through port: Int, options: [String] = []
    ) async throws -> [String] {
        try await patient(command, through: port, options: options).flatMap {
            $0 == "IdentitiesOnly=yes" ? ["PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"] : [$0]
        }
    }

    /// Runs a command to its end.
    func run(_ command: String, through port: Int) async throws -> Command {
        try await Command.run(try await ssh(port, command))
    }

    /// A session that writes ten lines a second for as long as it is left alone; writing already when this returns.
    func stay(through port: Int) async throws -> ChildProcess {
        try await open(try await ssh(port, Self.ticking))
    }

    /// The same in a shell with a terminal, in which somebody has typed it.
    func shell(through port: Int) async throws -> ChildProcess {
        let typed = #"exec "$@" < <(exec 2> /dev/null; echo '\#(Self.ticking)'; sleep 90)"#
        return try await open(["bash", "-c", typed, "bash"] + (try await ssh(port, nil, ["-tt"])))
    }

    private static let ticking = "while echo tick; do sleep 0.1; done"

    private func open(_ command: [String]) async throws -> ChildProcess {
        let session = try ChildProcess(command)
        try await eventually("the session is open", within: .seconds(30)) {
            session.hasEnded || session.output.contains("tick")
        }
        try #require(!session.hasEnded, "\(session.output)")
        return session
    }

    /// State and end of the sessions, the first one first, as the server knows them.
    func sessions() async throws -> [(state: String, reason: String?)] {
        try await person.installation.test.superuser().query(
            """
            select state, end_reason from sessions where user_id = \(id) order by created_at, session_id
            """
        ) { (state: try $0.next(String.self), reason: try $0.next(String?.self)) }
    }
}

extension ChildProcess {
    /// Whether a session of `Visitor.stay` goes on: it has written something since.
    func goesOn() async throws -> Bool {
        let before = output.utf8.count
        for _ in 0..<500 where !hasEnded && output.utf8.count == before {
            try await Task.sleep(for: .milliseconds(20))
        }
        return !hasEnded && output.utf8.count > before
    }
}

/// Answers what ssh asks: a password, then a code.
struct Answers {
    let folder = TemporaryFolder()

    init(password: String, code: String) throws {
        try Data(password.utf8).write(to: URL(filePath: folder.file("password")))
        try Data(code.utf8).write(to: URL(filePath: folder.file("code")))
        let script = """
            #!/bin/sh
            case "$1" in *assword*) cat \(folder.file("password"));; *) cat \(folder.file("code"));; esac
            """
        try Data(script.utf8).write(to: URL(filePath: folder.file("ask")))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.file("ask"))
    }

    var environment: [String] { ["env", "SSH_ASKPASS=\(folder.file("ask"))", "SSH_ASKPASS_REQUIRE=force"] }
}

/// A web terminal's socket.
enum BrowserTerminal {
    /// A browser's side of the socket: says how large its screen is, types a line, and writes down all that it hears.
    static func open(url: String, token: String, origin: String) throws -> ChildProcess {
        let script = """
            import json, os, socket, struct, sys, urllib.parse
            url = urllib.parse.urlsplit(sys.argv[1])
            def send(payload):
                sock.sendall(bytes([0x82, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            sock = socket.create_connection((url.hostname, url.port), timeout=90)
            query = url.query or "token=" + sys.argv[2]
            sock.sendall((f"GET {url.path}?{query} HTTP/1.1\\r\\nHost: {url.netloc}\\r\\nOrigin: {sys.argv[3]}\\r\\n"
                "Connection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n").encode())
            stream = sock.makefile("rb")
            while stream.readline().strip(): pass
            send(b"\\x02" + json.dumps({"type": "resize", "columns": 80, "rows": 24}).encode())
            send(b"\\x00echo in-$((1+1))\\r")
            while True:
                head = stream.read(2)
                if len(head) < 2 or head[0] & 15 == 8: break
                size = head[1] & 127
                if size == 126: size = struct.unpack(">H", stream.read(2))[0]
                if size == 127: size = struct.unpack(">Q", stream.read(8))[0]
                sys.stdout.write(stream.read(size).decode(errors="replace")); sys.stdout.flush()
            print("\\nclosed")
            """
        return try ChildProcess(["python3", "-c", script, url, token, origin])
    }
}
