import Foundation
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import ObjectStore

@Suite struct S3ObjectStoreTests {
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .guarded(allow: [])),
        logger: Logger(label: "s3") { _ in SwiftLogNoOpLogHandler() })

    private func store(
        _ server: TestS3, bucket: String = TestS3.bucket, prefix: String = "ours/",
        accessKey: String = TestS3.accessKey,
        secretKey: String = TestS3.secretKey, opened: Bool = true
    ) throws -> S3ObjectStore {
        let port = server.port
        let allowed: Set<HostPort> = opened ? [try HostPort(parsing: "127.0.0.1:\(port)")] : []
        return S3ObjectStore(
            S3Bucket(
                endpoint: server.endpoint, region: "us-east-1", bucket: bucket, prefix: prefix, accessKey: accessKey,
                secretKey: Secret(secretKey)), client: client, pause: .milliseconds(10), opened: { allowed })
    }

    @Test(.enabled(if: TestS3.Kind.allCases.allSatisfy(TestS3.isThere)), arguments: TestS3.Kind.allCases)
    func `objects are put, replaced, read, listed and removed`(kind: TestS3.Kind) async throws {
        let server = try await TestS3(kind)
        let store = try store(server)
        let key = try ObjectKey("tenants/ten_1/recordings/2026/11/rcd_1/1.ghr")
        let odd = try ObjectKey("tenants/ten_1/a=b/c+d/e_f.g-h")
        let large = [UInt8](repeating: 7, count: 5 << 20)
        await #expect(throws: ObjectStoreError.missing(key)) { try await store.get(key) }
        try await store.put(key, large)
        try await store.put(odd, Array("one".utf8))
        try await store.put(odd, Array("two".utf8))
        try await store.put(try ObjectKey("tenants/ten_2/x"), [])
        #expect(try await store.get(key).elementsEqual(large))
        #expect(try await store.get(odd) == Array("two".utf8))
        #expect(try await store.get(try ObjectKey("tenants/ten_2/x")).isEmpty)
        #expect(try await store.list(prefix: "tenants/ten_1/") == [odd, key].sorted())
        #expect(try await store.list(prefix: "").count == 3)
        // Another prefix of the bucket is another store.
        #expect(try await self.store(server, prefix: "theirs/").list(prefix: "").isEmpty)
        try await store.delete(key)
        try await store.delete(key)
        #expect(try await store.list(prefix: "tenants/ten_1/") == [odd])
        await server.stop()
    }

    @Test(.enabled(if: TestS3.isThere(.seaweed)))
    func `a listing goes on page after page`() async throws {
        let server = try await TestS3()
        let store = try store(server)
        try await withThrowingTaskGroup { group in
            for lane in 0..<8 {
                group.addTask {
                    for number in stride(from: lane, to: 1_100, by: 8) {
                        try await store.put(try ObjectKey("many/\(number)"), [1])
                    }
                }
            }
            try await group.waitForAll()
        }
        let keys = try await store.list(prefix: "many/")
        #expect(keys.count == 1_100 && keys == keys.sorted())
        await server.stop()
    }

    @Test(.enabled(if: TestS3.isThere(.seaweed)))
    func `wrong credentials and a private address are refused`() async throws {
        let server = try await TestS3()
        let key = try ObjectKey("x")
        func refusal(_ store: S3ObjectStore) async -> ObjectStoreError? {
            do {
                try await store.put(key, [1])
                return nil
            } catch { return error as? ObjectStoreError }
        }
        #expect(
            await refusal(try store(server, secretKey: "wrong")) == .refused(status: 403, code: "SignatureDoesNotMatch")
        )
        #expect(
            await refusal(try store(server, accessKey: "nobody")) == .refused(status: 403, code: "InvalidAccessKeyId"))
        // Loopback is closed until an administrator opens it.
        guard case .away(let reason)? = await refusal(try store(server, opened: false)) else {
            Issue.record("the egress guard let it pass")
            return
        }
        #expect(reason.contains("private") && !reason.contains(TestS3.secretKey))
        #expect(await refusal(try store(server)) == nil)
        await server.stop()
    }

    /// SeaweedFS makes a bucket for whoever may; moto does as Amazon does.
    @Test(.enabled(if: TestS3.isThere(.moto)))
    func `a bucket that is not there takes nothing`() async throws {
        let server = try await TestS3(.moto)
        let store = try store(server, bucket: "nowhere")
        let refusal = ObjectStoreError.refused(status: 404, code: "NoSuchBucket")
        await #expect(throws: refusal) { try await store.put(try ObjectKey("x"), [1]) }
        await #expect(throws: refusal) { try await store.get(try ObjectKey("x")) }
        await server.stop()
    }

    @Test(.enabled(if: TestS3.isThere(.seaweed)))
    func `a store that comes back has what it took, and is used again`() async throws {
        let server = try await TestS3()
        let store = try store(server)
        let key = try ObjectKey("before")
        try await store.put(key, [1, 2, 3])
        await server.stop()
        guard case .away? = await #expect(throws: ObjectStoreError.self, performing: { try await store.get(key) })
        else {
            Issue.record("a store that is away was something else")
            return
        }
        let again = try await server.startAgain()
        try await eventually("what was put is there", within: .seconds(30)) {
            (try? await store.get(key)) == [1, 2, 3]
        }
        await again.stop()
    }
}
