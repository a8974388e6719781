import Cryptography
import Foundation
import Recording
import Testing

@Suite(.serialized) struct FullDiskTests {
    /// A small file system of its own, if this process may mount one.
    private static func withSmallDisk(_ body: (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "gatehouse-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard try run("mount", "-t", "tmpfs", "-o", "size=512k", "none", path) == 0 else {
            print("SKIPPED: FullDiskTests needs the right to mount a tmpfs")
            return
        }
        do { try await body(path) } catch { Issue.record(error) }
        _ = try run("umount", path)
    }

    private static func run(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `a full disk is an error before anything is relayed, and what was taken is kept`() async throws {
        try await Self.withSmallDisk { disk in
            let fixture = try Fixture()
            let engine = RecordingEngine(sealers: 1, syncers: 1)
            let failures = Collected<RecordingError>()
            var hooks = RecordingHooks()
            hooks.failure = { failures.append($0) }
            let writer = try RecordingWriter(
                header: fixture.header, key: fixture.key, spool: disk, hooks: hooks, engine: engine)
            var taken: [[UInt8]] = []
            var refused: RecordingError?
            for _ in 0..<400 where refused == nil {
                let piece = SecureRandom.bytes(4096)
                do throws(RecordingError) {
                    try writer.append(.output, piece, at: fixture.start)
                    taken.append(piece)
                } catch {
                    refused = error
                }
            }
            guard case .system(_, _, 28)? = refused else {
                Issue.record("the disk did not fill: \(String(describing: refused))")
                return
            }
            // Room is made: whatever was taken ends up in the container, in order and once.
            #expect(try Self.run("mount", "-o", "remount,size=4m", disk) == 0)
            try await eventually {
                do throws(RecordingError) {
                    try writer.finish(reason: "recording-failed", at: fixture.start)
                    return true
                } catch {
                    return false
                }
            }
            await writer.closed()
            var reader = try RecordingReader(file: writer.folder.container, key: fixture.key)
            var found: [[UInt8]] = []
            try reader.forEach { if $0.kind == .output { found.append($0.data) } }
            #expect(found == taken)
            #expect(reader.trailer != nil)
        }
    }

    @Test func `after a full disk and a crash, recovery has what was taken`() async throws {
        try await Self.withSmallDisk { disk in
            let fixture = try Fixture()
            let engine = RecordingEngine(sealers: 1, syncers: 1)
            let writer = try RecordingWriter(header: fixture.header, key: fixture.key, spool: disk, engine: engine)
            var taken: [[UInt8]] = []
            while true {
                let piece = SecureRandom.bytes(1000)
                guard (try? writer.append(.output, piece, at: fixture.start)) != nil else { break }
                taken.append(piece)
            }
            writer.abandon()
            #expect(try Self.run("mount", "-o", "remount,size=4m", disk) == 0)
            _ = try JournalRecovery(folder: writer.folder).run(key: fixture.key)
            var reader = try RecordingReader(file: writer.folder.container, key: fixture.key)
            var found: [[UInt8]] = []
            try reader.forEach { if $0.kind == .output { found.append($0.data) } }
            #expect(found == taken)
        }
    }
}
