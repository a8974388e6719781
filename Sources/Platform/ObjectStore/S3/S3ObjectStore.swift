package import FoundationEssentials
import Kernel
package import Outbound

/// An object store in a bucket (Amazon S3 and its relatives), addressed by path and signed with Signature Version 4.
///
/// Every operation may be repeated, so each is tried a few times while the store is away or asks for patience. What an
/// administrator opened for private networks is asked for with every request, and the client's egress policy holds.
package struct S3ObjectStore: ObjectStore {
    private static let attempts = 3
    private static let largest = 64 << 20

    private let bucket: S3Bucket
    private let client: HTTPClient
    private let opened: @Sendable () async throws -> Set<HostPort>
    private let now: @Sendable () -> Date
    private let pause: Duration

    package init(
        _ bucket: S3Bucket, client: HTTPClient, pause: Duration = .milliseconds(200),
        now: @escaping @Sendable () -> Date = { Date() },
        opened: @escaping @Sendable () async throws -> Set<HostPort> = { [] }
    ) {
        self.bucket = bucket
        self.client = client
        self.opened = opened
        self.pause = pause
        self.now = now
    }

    package func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws {
        let answer = try await send(.put, path(of: key), body: bytes)
        guard answer.isSuccess else { throw refusal(answer) }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8] {
        let answer = try await send(.get, path(of: key))
        if answer.status == 404, S3Listing.errorCode(answer.text) != "NoSuchBucket" {
            throw ObjectStoreError.missing(key)
        }
        guard answer.isSuccess else { throw refusal(answer) }
        return answer.body
    }

    package func list(prefix: String) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        var token: String?
        repeat {
            var query = [("list-type", "2"), ("prefix", bucket.prefix + prefix)]
            if let token { query.append(("continuation-token", token)) }
            let answer = try await send(.get, "/\(bucket.bucket)", query: query)
            guard answer.isSuccess else { throw refusal(answer) }
            let listing = S3Listing(answer.text)
            for key in listing.keys where key.hasPrefix(bucket.prefix) {
                // What others keep in the bucket, under names that ours never have, is not ours.
                if let key = try? ObjectKey(String(key.dropFirst(bucket.prefix.count))) { keys.append(key) }
            }
            token = listing.next
        } while token != nil
        return keys.sorted()
    }

    package func delete(_ key: ObjectKey) async throws {
        let answer = try await send(.delete, path(of: key))
        guard answer.isSuccess || answer.status == 404 else { throw refusal(answer) }
    }

    private func path(of key: ObjectKey) -> String { "/\(bucket.bucket)/\(bucket.prefix)\(key.text)" }

    private func refusal(_ answer: OutboundResponse) -> ObjectStoreError {
        .refused(status: answer.status, code: S3Listing.errorCode(answer.text) ?? "no code")
    }

    private func send(
        _ method: OutboundRequest.Method, _ path: String, query: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> OutboundResponse {
        var attempt = 1
        while true {
            do {
                let answer = try await client.send(
                    try request(method, path, query: query, body: body, opened: try await opened()))
                guard answer.status == 429 || answer.status >= 500, attempt < Self.attempts else { return answer }
            } catch let error as OutboundError {
                guard error != .cancelled else { throw CancellationError() }
                guard error.isTransient, attempt < Self.attempts else {
                    throw ObjectStoreError.away(error.description)
                }
            }
            try await Task.sleep(for: pause * (1 << (2 * (attempt - 1))))
            attempt += 1
        }
    }

    private func request(
        _ method: OutboundRequest.Method, _ path: String, query: [(String, String)], body: [UInt8],
        opened: Set<HostPort>
    ) throws -> OutboundRequest {
        let encodedPath = AWSSignature.encoded(path, keepingSlashes: true)
        let encodedQuery = query.map {
            (
                name: AWSSignature.encoded($0.0, keepingSlashes: false),
                value: AWSSignature.encoded($0.1, keepingSlashes: false)
            )
        }
        let text = encodedQuery.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let url = try OutboundURL(bucket.endpoint + encodedPath + (text.isEmpty ? "" : "?\(text)"))
        let (date, payload) = (Self.timestamp(now()), AWSSignature.hash(body))
        let standard = url.destination.port == (url.isSecure ? 443 : 80)
        let host = standard ? url.destination.host : "\(url.destination)"
        let signature = AWSSignature(
            accessKey: bucket.accessKey, secretKey: bucket.secretKey, region: bucket.region, service: "s3")
        let authorization = signature.authorization(
            for: .init(
                method: method.rawValue, path: encodedPath, query: encodedQuery,
                headers: [("host", host), ("x-amz-content-sha256", payload), ("x-amz-date", date)],
                payload: payload), date: date)
        return OutboundRequest(
            method, url,
            headers: ["Authorization": authorization, "x-amz-content-sha256": payload, "x-amz-date": date], body: body,
            timeout: .seconds(60), maxResponseBytes: Self.largest, opened: opened)
    }

    /// `20261128T140501Z`.
    private static func timestamp(_ date: Date) -> String {
        let text = Timestamp.text(date)
        let whole = text.prefix { $0 != "." && $0 != "Z" }
        return whole.filter { $0 != "-" && $0 != ":" } + "Z"
    }
}

extension OutboundResponse {
    fileprivate var text: String { String(decoding: body.prefix(4 << 20), as: UTF8.self) }
}
