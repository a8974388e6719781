import FoundationEssentials
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

/// Two workers of one installation, each a program of its own, with people at the system's ssh.
@Suite(.serialized) struct WorkerProcessTests {
    @Test func `sessions spread over two workers, leave one that drains, and outlive one that dies`() async throws {
        let installation = try await Installation(as: .program())
        let ada = try await installation.makeTenant("acme")
        let server = try await RealServer(ada)
        let workers = [
            try await WorkerProcess(installation, name: "one"), try await WorkerProcess(installation, name: "two"),
        ]
        // The portal leads each person to one of the two, by what each has left: more come until there is somebody at both.
        var visitors: [Int: Visitor] = [:]
        var count = 0
        try await eventually("people are led to both", within: .seconds(120), every: .milliseconds(200)) {
            count += 1
            let visitor = try await Visitor("visitor-\(count)", of: ada, to: server)
            if let port = try await visitor.gateway() { visitors[port] = visitors[port] ?? visitor }
            return visitors.count == 2
        }
        #expect(Set(visitors.keys) == Set(workers.map(\.port)))
        let (first, second) = (workers[0], workers[1])
        let (atFirst, atSecond) = (try #require(visitors[first.port]), try #require(visitors[second.port]))
        let sessions = [try await atFirst.stay(through: first.port), try await atSecond.stay(through: second.port)]
        let superuser = try await installation.test.superuser()
        // A worker tells that a session is connected after the session itself has shown something.
        try await eventually("both sessions live, one with each worker") {
            let home = try await superuser.query(
                "select worker_id from sessions where state = 'live' order by worker_id"
            ) { try $0.next(WorkerID.self) }
            return home == workers.map(\.id).sorted { $0.uuid.uuidString < $1.uuid.uuidString }
        }

        // Drained: what runs goes on, what is new is led and taken to the other.
        #expect(try await installation.provider(.post, "/workers/\(first.id.text)/drain").status == 200)
        #expect(try await atFirst.gateway() == second.port)
        let refused = try await atFirst.run("echo in", through: first.port)
        #expect(refused.status != 0 && refused.text.isEmpty)
        #expect(refused.errors.contains("out of service"), "\(refused.errors)")
        let taken = try await atFirst.run("echo in", through: second.port)
        #expect(taken.status == 0 && taken.text == "in\n", "\(taken.errors)")
        for session in sessions { #expect(try await session.goesOn(), "\(session.output)") }

        // Killed: its own session ends for who had it and in the books, the other one never notices.
        #expect(try await installation.provider(.post, "/workers/\(first.id.text)/resume").status == 200)
        await second.kill()
        try await eventually("the session of the dead worker is cut", within: .seconds(10)) { sessions[1].hasEnded }
        try await eventually("who comes anew is led to the other", within: .seconds(60)) {
            try await atSecond.gateway() == first.port
        }
        #expect(try await sessions[0].goesOn(), "\(sessions[0].output)")
        let again = try await atSecond.run("echo again", through: first.port)
        #expect(again.status == 0 && again.text == "again\n", "\(again.errors)")

        // Back again, it tells how its session ended, and still nobody else's.
        let cut = try #require(try await atSecond.sessions().first)
        #expect(cut.state == "live")
        try await second.start()
        try await eventually("the session of the dead worker is over", within: .seconds(60)) {
            try await atSecond.sessions().first?.state == "ended"
        }
        #expect(try await sessions[0].goesOn(), "\(sessions[0].output)")
        #expect(try await atFirst.sessions().first?.state == "live")
    }
}
