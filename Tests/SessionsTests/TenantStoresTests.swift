import Cryptography
import Foundation
import GatewayContract
import HTTPAPI
import Kernel
import Logging
import ObjectStore
import Outbound
import Postgres
import Recording
import Tenancy
import TestSupport
import Testing

@testable import Sessions

/// Recordings in a bucket of the tenant's own, from the setting to the last byte.
@Suite(.enabled(if: TestS3.isThere(.seaweed))) struct TenantStoresTests {
    /// The fixture with stores as its settings say.
    private struct Bucketed {
        let fixture: Fixture
        let recordings: Recordings
        let settings: Settings
        let server: TestS3

        init(_ server: TestS3) async throws {
            fixture = try await Fixture()
            self.server = server
            let values = TenantSettings(database: fixture.database, keys: fixture.keys, lifetime: .zero)
            settings = Settings(
                database: fixture.database, keys: fixture.keys, values: values, baseDomain: "gate.example")
            let client = HTTPClient(
                configuration: HTTPClientConfiguration(egress: .open),
                logger: Logger(label: "s3") { _ in SwiftLogNoOpLogHandler() })
            let stores = TenantStores(
                database: fixture.database, keys: fixture.keys, settings: values, own: fixture.objects,
                open: { setting, _ in
                    S3ObjectStore(
                        S3Bucket(
                            endpoint: setting.endpoint, region: setting.region, bucket: setting.bucket,
                            prefix: setting.prefix, accessKey: setting.accessKey,
                            secretKey: setting.secretKey ?? Secret("")), client: client, pause: .milliseconds(10))
                })
            recordings = Recordings(database: fixture.database, keys: fixture.keys, stores: stores.stores)
        }

        /// Sends the setting as the portal does.
        func set(_ store: JSON) async throws {
            var reading = Reading()
            let changes = try #require(SettingChanges.schema.read(["recording.store": store], &reading))
            let version = try await settings.show(in: fixture.scope).version
            _ = try await settings.change(
                changes, from: version, by: fixture.user, at: Fixture.now, audit: .discarding, in: fixture.scope)
        }

        func bucket(prefix: String = "", secret: String? = TestS3.secretKey) -> JSON {
            var value: JSON = [
                "endpoint": .string(server.endpoint), "region": "us-east-1", "bucket": .string(TestS3.bucket),
                "prefix": .string(prefix), "accessKey": .string(TestS3.accessKey),
            ]
            if let secret { value = value.merging(["secretKey": .string(secret)]) }
            return value
        }

        func upload(_ parts: [(first: Int, bytes: [UInt8])], of session: MadeSession) async throws {
            for part in parts {
                _ = try await recordings.store(
                    part.bytes, first: part.first, of: session.recording, from: fixture.worker, at: Fixture.now + 60)
            }
        }

        /// How many objects lie in the bucket, whoever looks.
        func objects() async throws -> Int {
            let list = try await ChildProcess.run([
                "curl", "-s", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                "\(TestS3.accessKey):\(TestS3.secretKey)", "\(server.endpoint)/\(TestS3.bucket)?list-type=2",
            ])
            return list.split(separator: "<Key>").count - 1
        }

        func bytes(of session: MadeSession) async throws -> Int {
            try await fixture.database.first(
                """
                select coalesce(sum(bytes), 0)::bigint from recording_segments
                where recording_id = \(session.recording) and stored_at is not null
                """, in: fixture.scope
            ) { try $0.next(Int.self) } ?? -1
        }
    }

    @Test func `a recording lies in the tenant's bucket, is sealed, found whole, and erased there`() async throws {
        let place = try await Bucketed(try await TestS3())
        try await place.set(place.bucket())
        let session = try await place.fixture.makeSession()
        let parts = try await session.segments(in: place.fixture.folder)
        try await place.upload(parts, of: session)
        try await place.recordings.seal(session.recording, in: place.fixture.scope, at: Fixture.now + 70)
        #expect(try await place.objects() == parts.count + 1)
        #expect(try await place.fixture.objects.list(prefix: "").isEmpty)
        #expect(try await place.fixture.find(session.id).recording.state == .complete)
        let hits = try await place.recordings.search(
            "no such words", of: session.id, in: place.fixture.scope, audit: .discarding)
        #expect(hits.items.isEmpty)
        _ = try await place.recordings.receipt(of: session.id, in: place.fixture.scope)
        let now = Fixture.now + 100_000
        #expect(try await place.recordings.expire(before: now, at: now, in: place.fixture.scope) == 1)
        #expect(try await place.objects() == 0)
        #expect(try await place.fixture.find(session.id).recording.state == .expired)
    }

    @Test func `a store that is away holds the worker back, and nothing is lost`() async throws {
        let server = try await TestS3()
        let place = try await Bucketed(server)
        try await place.set(place.bucket())
        let session = try await place.fixture.makeSession()
        let parts = try await session.segments(in: place.fixture.folder)
        try await place.upload([parts[0]], of: session)
        await server.stop()
        let refusal = await #expect(throws: SegmentError.self) { try await place.upload([parts[1]], of: session) }
        #expect(refusal?.problem.type.status == 503)
        #expect(try await place.bytes(of: session) == parts[0].bytes.count)
        let again = try await server.startAgain()
        try await eventually("the worker comes again and is welcome", within: .seconds(60)) {
            (try? await place.upload([parts[1]], of: session)) != nil
        }
        try await place.upload(Array(parts.dropFirst(2)), of: session)
        #expect(try await place.bytes(of: session) == parts.map(\.bytes.count).reduce(0, +))
        try await place.recordings.seal(session.recording, in: place.fixture.scope, at: Fixture.now + 70)
        #expect(try await place.fixture.find(session.id).recording.state == .complete)
        await again.stop()
    }

    @Test func `parts stay readable where they are when the tenant changes its store`() async throws {
        let place = try await Bucketed(try await TestS3())
        let session = try await place.fixture.makeSession()
        let parts = try await session.segments(in: place.fixture.folder)
        try #require(parts.count >= 3)
        try await place.upload([parts[0]], of: session)
        try await place.set(place.bucket(prefix: "one/"))
        try await place.upload([parts[1]], of: session)
        try await place.set(place.bucket(prefix: "two/"))
        try await place.upload(Array(parts.dropFirst(2)), of: session)
        try await place.set(.null)
        try await place.recordings.seal(session.recording, in: place.fixture.scope, at: Fixture.now + 70)
        #expect(try await place.fixture.find(session.id).recording.state == .complete)
        #expect(try await place.objects() == parts.count - 1)
        // The first part and the receipt.
        #expect(try await place.fixture.objects.list(prefix: "").count == 2)
        let now = Fixture.now + 100_000
        #expect(try await place.recordings.expire(before: now, at: now, in: place.fixture.scope) == 1)
        #expect(try await place.objects() == 0)
        #expect(try await place.fixture.objects.list(prefix: "").isEmpty)
    }

    @Test func `the secret is sealed, stays when it is not sent, and goes nowhere else`() async throws {
        let place = try await Bucketed(try await TestS3())
        try await place.set(place.bucket())
        let dump = try await place.fixture.test.superuser().query(
            "select value::text || coalesce(encode(sealed, 'escape'), '') from tenant_setting_values"
        ) { try $0.next(String.self) }
        #expect(dump.count == 1 && !dump[0].contains(TestS3.secretKey))
        let shown = try await place.settings.show(in: place.fixture.scope)
        let item = try #require(shown.items.first { $0.key == "recording.store" })
        #expect(item.hasSecret && item.value["secretKey"] == nil)
        // Another prefix of the same bucket: the secret stays.
        try await place.set(place.bucket(prefix: "sub/", secret: nil))
        let session = try await place.fixture.makeSession()
        try await place.upload(
            [try await session.segments(in: place.fixture.folder)[0]], of: session)
        #expect(try await place.objects() == 1)
        // Another place: whoever names it has to know the secret.
        let elsewhere = place.bucket(secret: nil).merging(["endpoint": "https://evil.example"])
        let refusal = await #expect(throws: SettingError.self) { try await place.set(elsewhere) }
        #expect(refusal?.problem.errors.first?.pointer == "/recording.store/secretKey")
        #expect(try await place.settings.show(in: place.fixture.scope).version == shown.version + 1)
    }

    @Test func `the credentials follow when the tenant's key is replaced`() async throws {
        let place = try await Bucketed(try await TestS3())
        try await place.set(place.bucket())
        let session = try await place.fixture.makeSession()
        let parts = try await session.segments(in: place.fixture.folder)
        try await place.upload([parts[0]], of: session)
        let scope = place.fixture.scope
        let tenancy = Tenancy(database: place.fixture.database, keys: place.fixture.keys, administrators: Nobody())
        _ = try await tenancy.rotateKey(at: Fixture.now, in: scope)
        let rewrap = RewrapSecrets(
            keys: place.fixture.keys,
            features: [
                SettingsRewrapping(database: place.fixture.database),
                StoresRewrapping(database: place.fixture.database),
            ])
        try await rewrap(in: scope, at: Fixture.now)
        let current = try await place.fixture.keys.load(in: scope).current.id
        let holders = try await place.fixture.database.query(
            "select tenant_key_id from tenant_setting_values union select tenant_key_id from recording_stores",
            in: scope
        ) { try $0.next(TenantKeyID.self) }
        #expect(holders == [current])
        try await place.upload(Array(parts.dropFirst()), of: session)
        #expect(try await place.objects() == parts.count)
    }

    private struct Nobody: FirstAdministrators {
        func invite(
            _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
        ) async throws -> String? { nil }
    }
}
