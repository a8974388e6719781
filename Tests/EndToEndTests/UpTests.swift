import Foundation
import Glibc
import TestSupport
import Testing

/// `gatehouse up` as people use it, with the programs of this build. Each start takes some seconds, so that one
/// installation goes through everything in turn.
@Suite(.serialized) struct UpTests {
    private let folder = TemporaryFolder(prefix: "gatehouse-up")
    private let ports = (0..<4).map { _ in FreePort.next() }

    private func start(_ more: [String] = []) throws -> ChildProcess {
        chmod(folder.path, 0o711)
        let options = ["--http-port", "--ssh-port", "--web-port", "--target-port"]
        return try ChildProcess(
            [
                Repository.path(".build/debug/gatehouse"), "up", "--json", "--directory", folder.file("var"),
            ] + zip(options, ports).flatMap { [$0, String($1)] } + more)
    }

    private func isReady(_ up: ChildProcess) async throws {
        try await eventually("the installation is ready", within: .seconds(90)) {
            up.output.contains("\"sshPort\"") || up.output.contains("Error:")
        }
        #expect(!up.output.contains("Error:"), "\(up.output)")
    }

    private func numbers() throws -> [String: Int] {
        let data = try Data(contentsOf: URL(filePath: folder.file("var/running.json")))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
        return (json ?? [:]).compactMapValues { $0["pid"] as? Int }
    }

    /// Whether a number still belongs to a part of this installation: on a busy machine it is soon another program's.
    private func isOurs(_ pid: Int) -> Bool {
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return String(decoding: words, as: UTF8.self).contains(folder.path)
    }

    @Test func `an installation starts, survives what is killed, stops cleanly and starts again`() async throws {
        let first = try start()
        try await isReady(first)
        let demo = try Data(contentsOf: URL(filePath: folder.file("var/demo.json")))
        let parts = try numbers()
        #expect(
            Set(parts.keys) == ["postgres", "redis", "gatehouse-server", "gatehouse-worker-1", "demo-target"])

        // A second one in the same folder is refused, and harms nothing.
        let second = try start()
        #expect(await second.wait() != 0)
        #expect(second.output.contains("runs already"))

        // Killed parts come back.
        for name in ["gatehouse-worker-1", "gatehouse-server", "redis"] {
            let before = try #require(parts[name])
            kill(pid_t(before), SIGKILL)
            try await eventually("\(name) is started again", within: .seconds(15)) {
                guard let now = try? numbers()[name] else { return false }
                return now != before
            }
        }

        // Killed itself, it takes everything with it.
        let last = try numbers()
        first.signal(SIGKILL)
        await first.wait()
        try await eventually("nothing is left", within: .seconds(90)) { !last.values.contains(where: isOurs) }

        // The mark of the database names a program that has nothing to do with it.
        let mark = folder.file("var/postgres/data/postmaster.pid")
        let stranger = try ChildProcess(["sleep", "100"])
        try "\(stranger.pid)\n\(folder.file("var/postgres/data"))\n1\n5432\n\n\n".write(
            toFile: mark, atomically: true, encoding: .utf8)
        if geteuid() == 0 { try await ChildProcess.run(["chown", "postgres:", mark]) }

        let begin = ContinuousClock.now
        let third = try start()
        try await isReady(third)
        // It does not wait for the stranger, who stays for 100 s; a busy machine may take its time for the database.
        #expect(ContinuousClock.now - begin < .seconds(30))
        #expect(third.output.contains("Removed the mark"))
        #expect(try Data(contentsOf: URL(filePath: folder.file("var/demo.json"))) == demo)
        let running = try numbers()
        third.signal(SIGINT)
        #expect(await third.wait() == 0)
        #expect(!running.values.contains(where: isOurs))
        #expect(kill(stranger.pid, 0) == 0)
    }

    @Test func `a taken port is named with the option that changes it`() async throws {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(holder) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(ports[1]).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(holder, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(bound == 0)
        listen(holder, 1)
        let up = try start()
        #expect(await up.wait() != 0)
        #expect(up.output.contains("Port \(ports[1]) is taken"))
        #expect(up.output.contains("--ssh-port"))
        // Nothing was made before that was known.
        #expect(!FileManager.default.fileExists(atPath: folder.file("var/postgres")))
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a full disk is told before anything is started`() async throws {
        let full = folder.file("full")
        try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
        guard (try? await ChildProcess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", full])) != nil
        else { return }
        defer { umount2(full, Int32(MNT_DETACH)) }
        let up = try start(["--directory", "\(full)/var"])
        #expect(await up.wait() != 0)
        #expect(up.output.contains("are free"))
        #expect(up.output.contains("--directory"))
    }
}
