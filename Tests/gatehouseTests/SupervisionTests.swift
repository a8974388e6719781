import Foundation
import TestSupport
import Testing

@testable import gatehouse

@Suite struct SupervisionTests {
    private let folder = TemporaryFolder()

    private func launcher() -> Launcher {
        Launcher(logs: folder.path, orphans: Orphans(path: folder.file("running.json")))
    }

    /// Runs the body beside a launcher that keeps its parts running, and stops it afterwards.
    private func supervising(_ body: @Sendable @escaping (Launcher) async throws -> Void) async throws {
        let launcher = launcher()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await launcher.keepRunning() }
            group.addTask {
                do {
                    try await body(launcher)
                } catch {
                    await launcher.stop()
                    throw error
                }
                await launcher.stop()
            }
            try await group.waitForAll()
        }
    }

    private func script(_ text: String, name: String = "part", ready: @Sendable @escaping () async -> Bool = { true })
        -> Part
    {
        Part(
            name: name, command: ChildCommand(words: ["sh", "-c", text]), grace: .seconds(2), patience: .seconds(10),
            isReady: ready)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func `a program that ends is started again`() async throws {
        let starts = folder.file("starts")
        try await supervising { launcher in
            try await launcher.start(script("echo again >> \(starts); sleep 0.3"))
            try await eventually("a second start", within: .seconds(5)) {
                (try? String(contentsOfFile: starts, encoding: .utf8))?.split(separator: "\n").count ?? 0 >= 2
            }
        }
    }

    @Test func `a program that ends before it is ready stops the start with its last words`() async throws {
        let failure = await #expect(throws: StartFailure.self) {
            try await supervising { launcher in
                try await launcher.start(
                    script("echo 'could not write: No space left on device' >&2; exit 3", ready: { false }))
            }
        }
        let text = "\(failure!)"
        #expect(text.contains("part ended with status 3"))
        #expect(text.contains("No space left on device"))
        #expect(text.contains("The disk is full."))
    }

    @Test func `programs are stopped in reverse order`() async throws {
        let order = folder.file("order")
        try await supervising { launcher in
            for name in ["first", "second", "third"] {
                let ready = folder.file("\(name).ready")
                try await launcher.start(
                    script(
                        "trap 'echo \(name) >> \(order); exit 0' TERM; touch \(ready); while :; do sleep 0.05; done",
                        name: name, ready: { exists(ready) }))
            }
        }
        #expect(try String(contentsOfFile: order, encoding: .utf8) == "third\nsecond\nfirst\n")
    }

    @Test func `a program that does not listen is killed when its time is up`() async throws {
        let ready = folder.file("stubborn.ready")
        let begin = ContinuousClock.now
        try await supervising { launcher in
            try await launcher.start(
                script("trap '' TERM; touch \(ready); while :; do sleep 0.05; done", ready: { exists(ready) }))
        }
        #expect(ContinuousClock.now - begin < .seconds(8))
    }

    @Test func `what a predecessor left behind is stopped, and nobody else`() async throws {
        let leftover = try await Spawner.shared.start(ChildCommand(words: ["sleep", "100"]))
        let other = try ChildProcess(["sleep", "100"])
        let path = folder.file("left.json")
        Orphans(path: path).note("part", leftover.number)
        // The number of the other one, with a start time that is not its own.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let forged = text.dropLast() + #","other":{"pid":\#(other.pid),"started":"1"}}"#
        try forged.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await Orphans(path: path).stop() == ["part"])
        #expect(await leftover.ended() == .killed(SIGTERM))
        #expect(kill(other.pid, 0) == 0)
    }

    @Test func `logs are lines of JSON, and start over when they are large`() throws {
        let log = LogFile(path: folder.file("x.log"), label: "x", limit: 500, kept: 2)
        for number in 0..<20 { log.append(Array("2026 [1] FATAL:  line \(number) \u{1B}[31m".utf8)) }
        log.append(Array(#"{"level":"info","message":"own"}"#.utf8))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("x.log") }
        #expect(files.sorted() == ["x.log", "x.log.1", "x.log.2"])
        for file in files {
            let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
            #expect(text.utf8.count <= 700)
            for line in text.split(separator: "\n") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
        #expect(log.tail.last == #"{"level":"info","message":"own"}"#)
    }

    @Test func `waiting doubles up to half a minute, and good work resets it`() {
        var backoff = RestartBackoff()
        let delays = (0..<8).map { _ in backoff.delay(after: .seconds(1)) }
        #expect(delays.prefix(3) == [.milliseconds(500), .seconds(1), .seconds(2)])
        #expect(delays.last == .seconds(30))
        #expect(backoff.delay(after: .seconds(61)) == .milliseconds(500))
    }
}
