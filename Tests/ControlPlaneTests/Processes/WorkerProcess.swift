import Foundation
import Glibc
import Kernel
import Outbound
import Synchronization
import TestSupport
import Testing

/// `gatehouse-worker` of this build, enrolled at an installation.
final class WorkerProcess: Sendable {
    let id: WorkerID
    let port: Int
    private let command: [String]
    private let running = Mutex<ChildProcess?>(nil)

    init(_ installation: Installation, name: String) async throws {
        let program = Repository.path(".build/debug/gatehouse-worker")
        let folder = installation.folder
        let (ssh, web) = (FreePort.next(), FreePort.next())
        let configuration: JSON = [
            "controlPlane": .string("http://workers.localhost:\(installation.port)"), "name": .string(name),
            "state": .string(folder.file(name)), "ssh": ["host": "127.0.0.1", "port": .int(Int64(ssh))],
            "web": ["host": "127.0.0.1", "port": .int(Int64(web))],
            "sshEndpoint": .string("127.0.0.1:\(ssh)"), "webEndpoint": .string("ws://127.0.0.1:\(web)"),
        ]
        let file = folder.file("\(name).json")
        try FileManager.default.createDirectory(
            atPath: folder.file(name), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Installation.write(String(decoding: configuration.bytes, as: UTF8.self), to: file)
        let prepared = try await installation.provider(.post, "/worker-enrolments", ["pool": "default"])
        try Installation.write(prepared["token"], to: folder.file("\(name).token"))
        try await ChildProcess.run(
            [program, "enrol", "--config", file, "--token-file", folder.file("\(name).token")])
        command = [program, "run", "--config", file]
        port = ssh
        let workers = try await installation.provider(.get, "/workers").items
        id = try #require(
            workers.first { $0["name"]?.text == name }?["id"]?.text.flatMap { WorkerID($0) }, "\(workers)")
        try await start()
    }

    func start() async throws {
        let process = try ChildProcess(command)
        running.withLock { $0 = process }
        try await eventually("the worker listens or gives up", within: .seconds(60)) {
            process.hasEnded || Loopback.accepts(port)
        }
        #expect(!process.hasEnded, "\(process.output)")
    }

    /// Takes it away without a word.
    func kill() async {
        let process = running.withLock { $0 }
        process?.signal(SIGKILL)
        await process?.wait()
    }
}
