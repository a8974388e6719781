package import Cryptography
import FoundationEssentials
import Kernel
package import Outbound

/// A key at the top that never leaves OpenBao: values go there to be wrapped and come back, many in one request.
///
/// Its id names the place and the version of the key (`bao1_…_v3`), so that a key that was rotated over there is seen here
/// as another one. What it wrapped is bound to its place (`associated_data`), as with a key in a file. A service that is
/// away or refuses is an error, and what is under the key stays closed.
package struct TransitKeyProvider: KeyProvider {
    private static let most = 100

    private let key: TransitKey
    private let prefix: String
    private let client: HTTPClient
    private let opened: @Sendable () async throws -> Set<HostPort>

    /// `scheme` tells keys of the installation (`bao1`) from those of tenants (`own1`).
    package init(
        _ key: TransitKey, scheme: String = "bao1", client: HTTPClient,
        opened: @escaping @Sendable () async throws -> Set<HostPort> = { [] }
    ) {
        self.key = key
        let place = Hash256.of(Array("\(key.address)/\(key.mount)/\(key.name)".utf8))
        prefix = "\(scheme)_\(place.hex.prefix(16))_v"
        self.client = client
        self.opened = opened
    }

    package func current() async throws(KeyProviderError) -> String {
        let answer = try await ask(.get, "keys/\(key.name)", body: nil)
        guard case .int(let version)? = answer["data"]?["latest_version"] else {
            throw .refused("it does not say which version of \(key.name) is the latest")
        }
        return "\(prefix)\(version)"
    }

    package func knows(_ id: String) -> Bool {
        id.hasPrefix(prefix) && Int(id.dropFirst(prefix.count)) != nil
    }

    package func wrap(_ values: [Wrapping]) async throws(KeyProviderError) -> [Wrapped] {
        var result: [Wrapped] = []
        for start in stride(from: 0, to: values.count, by: Self.most) {
            let batch = values[start..<min(start + Self.most, values.count)]
            let items = batch.map { value -> JSON in
                ["plaintext": Self.base64(value.bytes), "associated_data": Self.base64(value.associated)]
            }
            for answer in try await batchAnswers("encrypt", items) {
                guard let text = answer["ciphertext"]?.text, let version = Self.version(of: text) else {
                    throw .refused("it did not wrap a value")
                }
                result.append(Wrapped(key: "\(prefix)\(version)", bytes: Array(text.utf8)))
            }
        }
        return result
    }

    package func unwrap(_ values: [Wrapping]) async throws(KeyProviderError) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for start in stride(from: 0, to: values.count, by: Self.most) {
            let batch = values[start..<min(start + Self.most, values.count)]
            let items = batch.map { value -> JSON in
                [
                    "ciphertext": .string(String(decoding: value.bytes, as: UTF8.self)),
                    "associated_data": Self.base64(value.associated),
                ]
            }
            for answer in try await batchAnswers("decrypt", items) {
                guard let text = answer["plaintext"]?.text, let data = Data(base64Encoded: text) else {
                    throw .opening
                }
                result.append(Array(data))
            }
        }
        return result
    }

    /// The answers to a batch, in its order. OpenBao answers 400 if any of them failed.
    private func batchAnswers(
        _ operation: String, _ items: [JSON]
    ) async throws(KeyProviderError) -> [JSON] {
        let answer = try await ask(.post, "\(operation)/\(key.name)", body: ["batch_input": .array(items)])
        guard case .array(let results)? = answer["data"]?["batch_results"], results.count == items.count else {
            throw .refused("it answered something else than was asked")
        }
        return results
    }

    private func ask(
        _ method: OutboundRequest.Method, _ path: String, body: JSON?
    ) async throws(KeyProviderError) -> JSON {
        let response: OutboundResponse
        do {
            var headers: OutboundHeaders = ["X-Vault-Request": "true"]
            headers["X-Vault-Token"] = try key.token().reveal()
            if body != nil { headers["Content-Type"] = "application/json" }
            response = try await client.send(
                OutboundRequest(
                    method, try OutboundURL("\(key.address)/v1/\(key.mount)/\(path)"), headers: headers,
                    body: body?.bytes ?? [], connectTimeout: .seconds(3), timeout: .seconds(10),
                    opened: try await opened()))
        } catch {
            throw .away("\(error)")
        }
        let answer = (try? JSONParser.parse(response.body)) ?? .null
        if response.isSuccess { return answer }
        let reason = Self.reason(answer)
        switch response.status {
        case 429, 500...: throw .away("\(key.address) answered \(response.status)\(reason)")
        case 400 where reason.contains("cipher: message authentication failed"): throw .opening
        default: throw .refused("\(key.address) answered \(response.status)\(reason)")
        }
    }

    /// What OpenBao says, shortened: its errors name policies and paths, never values.
    private static func reason(_ answer: JSON) -> String {
        var texts: [String] = []
        if case .array(let errors)? = answer["errors"] { texts = errors.compactMap(\.text) }
        if case .array(let results)? = answer["data"]?["batch_results"] {
            texts += results.compactMap { $0["error"]?.text }
        }
        let text = texts.joined(separator: "; ").split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.isEmpty ? "" : ": \(text.prefix(200))"
    }

    /// `vault:v3:…` is version 3.
    private static func version(of text: String) -> Int? {
        let parts = text.split(separator: ":", maxSplits: 2)
        guard parts.count == 3, parts[0] == "vault", parts[1].hasPrefix("v") else { return nil }
        return Int(parts[1].dropFirst())
    }

    private static func base64(_ bytes: [UInt8]) -> JSON { .string(Data(bytes).base64EncodedString()) }
}
