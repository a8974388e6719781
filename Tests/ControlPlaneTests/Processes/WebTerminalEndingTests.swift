import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// A web terminal's socket closes with its person's sign-in, and with the grant as sessions of every other channel do; server and
/// worker are programs of their own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WebTerminalEndingTests {
    @Test func `a revoked grant ends every channel, and a sign-out or a sign-in elsewhere closes the socket`()
        async throws
    {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let worker = try await WorkerProcess(installation, name: "one")
        let server = try await RealServer(ada)
        let bob = try await Visitor("bob", of: ada, to: server)
        func open() async throws -> ChildProcess {
            let token = try await bob.person.call(
                .post, "/terminal-tokens",
                ["asset": .string(server.asset), "account": .string(server.target.user)], expecting: 201)
            let socket = try BrowserTerminal.open(
                url: token["url"], token: token["token"], origin: "http://acme.localhost:\(installation.port)")
            try await eventually("the terminal is open", within: .seconds(60)) {
                socket.hasEnded || socket.output.contains("in-2")
            }
            try #require(!socket.hasEnded, "\(socket.output)")
            return socket
        }
        try await revoke(
            ada, bob, server,
            [
                try await open(), try await bob.stay(through: worker.port), try await bob.shell(through: worker.port),
            ])
        let first = try await open()
        try await ada.call(.delete, "/users/\(bob.id.text)/sessions", expecting: 204)
        try await eventually("the socket closes", within: .seconds(30)) { first.hasEnded }
        #expect(first.output.contains(#""type":"ended","reason":"terminated""#), "\(first.output)")
        #expect(first.output.contains("An administrator signed you out.") && first.output.hasSuffix("closed\n"))

        guard case .int(let version)? = try await ada.call(.get, "/settings", expecting: 200).json["version"] else {
            throw CocoaError(.coderReadCorrupt)
        }
        try await ada.call(
            .patch, "/settings", ["session.single": "everything"], version: Int(version), expecting: 200)
        try await bob.person.comeAgain()
        let second = try await open()
        try await bob.person.comeAgain()
        try await eventually("the socket closes", within: .seconds(30)) { second.hasEnded }
        #expect(second.output.contains("You signed in somewhere else."), "\(second.output)")
        // What is opened after that goes on.
        let third = try await open()
        #expect(!third.hasEnded && third.output.contains("in-2"))
        await third.stop()
        await worker.kill()
    }

    /// Takes Bob's grant away, on which a web terminal, a command and a shell are open, and gives him another one.
    private func revoke(
        _ ada: Person, _ bob: Visitor, _ server: RealServer, _ open: [ChildProcess]
    ) async throws {
        let superuser = try await ada.installation.test.superuser()
        let places = try await superuser.query(
            "select entrance || ' ' || channel from sessions where user_id = \(bob.id) and state <> 'ended'"
        ) { try $0.next(String.self) }
        #expect(places.sorted() == ["ssh exec", "ssh shell", "web shell"])
        let grants = try await ada.call(.get, "/grants", expecting: 200).items
        let grant = try #require(grants.first { $0["name"] == "bob" }?["id"]?.text)
        try await ada.call(.post, "/grants/\(grant)/revoke", ["reason": "left"], expecting: 200)
        for one in open {
            // Two seconds on a server; here several share two cores.
            try await eventually("the session ends", within: .seconds(30)) { one.hasEnded }
            #expect(one.output.contains("grant-revoked"), "\(one.output.suffix(300))")
        }
        #expect(try await bob.sessions().map(\.reason) == Array(repeating: "grant-revoked", count: 3))
        // The worker was told of each: who only asks every ten seconds whether it may go on is told nothing between.
        let told = try await superuser.query(
            """
            select distinct e.session_id from worker_events e join sessions s on s.session_id = e.session_id
            where e.kind = 'end' and s.user_id = \(bob.id)
            """
        ) { try $0.next(SessionID.self) }
        #expect(told.count == 3)
        try await ada.call(
            .post, "/grants",
            [
                "name": "bob again", "users": [.string(bob.id.text)], "assets": [.string(server.asset)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
    }
}
