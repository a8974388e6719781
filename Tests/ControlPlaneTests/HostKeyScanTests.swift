import Assets
import Foundation
import Kernel
import SSH
import TestSupport
import Testing

@testable import ControlPlane

/// The scanner against the sshd of the system.
@Suite struct HostKeyScanTests {
    @Test func `a scan reads the key that sshd has, and nothing where there is none`() async throws {
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("host")])
        let port = FreePort.next()
        let configuration = """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder.file("host"))
            PidFile none
            UsePAM no
            """
        try configuration.write(toFile: folder.file("sshd_config"), atomically: true, encoding: .utf8)
        if geteuid() == 0 { try await ChildProcess.run(["mkdir", "-p", "/run/sshd"]) }
        let sshd = try ChildProcess(["/usr/sbin/sshd", "-D", "-e", "-f", folder.file("sshd_config")])
        let loops = try SSHLoopGroup(count: 1, name: "scan")
        loops.start()
        defer { loops.stop() }
        let scanner = HostKeyScanner.live(loops)
        let address = try AssetAddress(parsing: "127.0.0.1")
        var keys: [HostPublicKey] = []
        try await eventually("sshd answers", within: .seconds(10), every: .milliseconds(100)) {
            keys = (try? await scanner.scan(address, port)) ?? []
            return !keys.isEmpty
        }
        let known = try await ChildProcess.run(["ssh-keygen", "-lf", folder.file("host.pub")])
        #expect(keys.map(\.algorithm) == ["ssh-ed25519"])
        #expect(known.split(separator: " ").contains { $0 == keys[0].fingerprint }, "\(known)")
        await sshd.stop()
        await #expect(throws: (any Error).self) { try await scanner.scan(address, port) }
        let nowhere = try AssetAddress(parsing: "nowhere.invalid")
        await #expect(throws: (any Error).self) { try await scanner.scan(nowhere, port) }
    }
}
