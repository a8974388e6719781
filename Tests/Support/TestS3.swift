import Foundation
import Glibc

/// A private S3: SeaweedFS, which checks signatures, or moto, which does not.
package final class TestS3: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case seaweed = "weed"
        case moto = "moto_server"
    }

    package static let accessKey = "AKGATEHOUSE"
    package static let secretKey = "SK+gatehouse/secret=1"
    package static let bucket = "recordings"

    package let port: Int
    private let ports: [Int]
    private let kind: Kind
    private let folder: TemporaryFolder
    private let process: ChildProcess

    package var endpoint: String { "http://127.0.0.1:\(port)" }

    package static func isThere(_ kind: Kind) -> Bool { TestTools.path(kind.rawValue) != nil }

    /// With one bucket in it.
    package convenience init(_ kind: Kind = .seaweed) async throws {
        try await self.init(kind, TemporaryFolder(prefix: "gatehouse-s3"), (0..<8).map { _ in FreePort.next() })
        try await eventually("the bucket is there", within: .seconds(60)) { [self] in
            let answer = try? await ChildProcess.run([
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT", "--aws-sigv4",
                "aws:amz:us-east-1:s3",
                "--user", "\(Self.accessKey):\(Self.secretKey)", "\(endpoint)/\(Self.bucket)",
            ])
            return answer == "200" || answer == "409"
        }
    }

    private init(_ kind: Kind, _ folder: TemporaryFolder, _ ports: [Int]) async throws {
        self.kind = kind
        self.folder = folder
        self.ports = ports
        port = ports[0]
        process = try ChildProcess(try Self.command(kind, folder, ports))
    }

    package func stop() async {
        await process.stop(SIGKILL)
    }

    /// Starts a server in the place of this one, which was stopped: SeaweedFS has what was in it.
    package func startAgain() async throws -> TestS3 {
        let again = try await TestS3(kind, folder, ports)
        try await eventually("the store answers", within: .seconds(60)) {
            let answer = try? await ChildProcess.run([
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                "\(Self.accessKey):\(Self.secretKey)", "\(again.endpoint)/\(Self.bucket)?list-type=2",
            ])
            return answer == "200"
        }
        return again
    }

    private static func command(_ kind: Kind, _ folder: TemporaryFolder, _ ports: [Int]) throws -> [String] {
        guard let program = TestTools.path(kind.rawValue) else { throw CocoaError(.fileNoSuchFile) }
        if kind == .moto { return [program, "-H", "127.0.0.1", "-p", "\(ports[0])"] }
        let identities = """
            {"identities": [{"name": "gatehouse", "credentials": [{"accessKey": "\(accessKey)", "secretKey": "\(secretKey)"}],
              "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
            """
        try Data(identities.utf8).write(to: URL(filePath: folder.file("s3.json")))
        try? FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
        return [
            program, "-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-dir=\(folder.file("data"))", "-filer", "-s3", "-s3.port=\(ports[0])", "-s3.port.grpc=\(ports[1])",
            "-master.port=\(ports[2])", "-master.port.grpc=\(ports[3])", "-volume.port=\(ports[4])",
            "-volume.port.grpc=\(ports[5])", "-filer.port=\(ports[6])", "-filer.port.grpc=\(ports[7])",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-iam=false", "-s3.config=\(folder.file("s3.json"))",
            "-master.volumeSizeLimitMB=64", "-volume.max=20", "-master.electionTimeout=1s",
        ]
    }
}
