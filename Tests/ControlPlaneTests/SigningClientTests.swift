import Crypto
import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Requests that a program signs with libraries of others, at a server on a socket.
@Suite(.serialized) struct SigningClientTests {
    private struct Reply {
        let status: Int
        let json: JSON
    }

    private func send(_ task: JSON) async throws -> [Reply] {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let folder = TemporaryFolder()
        try Installation.write(String(decoding: task.bytes, as: UTF8.self), to: folder.file("task"))
        let output = try await ChildProcess.run(
            [python, Repository.path("Tests/Support/signing_client.py"), folder.file("task")])
        return try output.split(separator: "\n").map { line in
            let json = try JSONParser.parse(Array(line.utf8))
            guard case .int(let status)? = json["status"] else { throw CocoaError(.fileReadCorruptFile) }
            return Reply(
                status: Int(status), json: (try? JSONParser.parse(Array((json["text"]?.text ?? "").utf8))) ?? .null)
        }
    }

    @Test func `requests that others' libraries sign are served, once each`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let own = Curve25519.Signing.PrivateKey()
        let secret = try await ada.call(
            .post, "/me/access-keys", ["name": "shared", "algorithm": "hmac-sha256"], expecting: 201)
        let pair = try await ada.call(
            .post, "/me/access-keys",
            [
                "name": "own", "algorithm": "ed25519",
                "publicKey": .string(own.publicKey.rawRepresentation.base64EncodedString()),
            ], expecting: 201)
        ada.note(secret["secret"])
        let pem =
            "-----BEGIN PRIVATE KEY-----\n"
            + Data(
                [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
                    + Array(own.rawRepresentation)
            ).base64EncodedString() + "\n-----END PRIVATE KEY-----\n"
        let target: JSON = ["@method", "@target-uri"]
        let parts: JSON = ["@authority", "@path", "@query", "@method"]
        let list = "/api/v1/users?limit=5&filter=login%20eq%20%22ada%22"
        var calls: [JSON] = []
        for key in ["shared", "own"] {
            let (key, login) = (JSON.string(key), JSON.string("by-\(key)"))
            calls += [
                ["key": key, "method": "GET", "path": "/api/v1/me", "parts": target],
                ["key": key, "method": "HEAD", "path": "/api/v1/me", "parts": target],
                ["key": key, "method": "GET", "path": .string(list), "parts": parts],
                [
                    "key": key, "method": "POST", "path": "/api/v1/groups", "parts": target,
                    "body": ["name": .string("made by \(key.text ?? "")")],
                ],
                [
                    "key": key, "method": "POST", "path": "/api/v1/users", "parts": target,
                    "body": ["login": login, "name": "Dana"],
                ],
                [
                    "key": key, "method": "POST", "path": "/api/v1/sign-in-links", "parts": target,
                    "body": ["login": login],
                ],
                ["key": key, "method": "GET", "path": "/api/v1/me", "parts": ["@method", "@authority", "@path"]],
                ["key": key, "method": "GET", "path": "/api/v1/me", "parts": target, "times": 2],
            ]
        }
        let replies = try await send([
            "url": .string("http://acme.localhost:\(installation.port)"), "calls": .array(calls),
            "keys": [
                "shared": [
                    "id": .string(secret["id"]), "algorithm": "hmac-sha256", "key": .string(secret["secret"]),
                ],
                "own": ["id": .string(pair["id"]), "algorithm": "ed25519", "key": .string(pem)],
            ],
        ])
        let expected = [200, 200, 200, 201, 201, 201, 401, 200, 401]
        #expect(replies.map(\.status) == expected + expected, "\(replies.map(\.json))")
        let links = try await ada.call(.get, "/sign-in-links").items
        #expect(links.map { $0["through"]?.text } == ["access-key", "access-key"])
        let seen = try await ada.call(.get, "/groups")
        let names = seen.items.compactMap { $0["name"]?.text }
        #expect(names.contains("made by shared") && names.contains("made by own"))
    }
}
