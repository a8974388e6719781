import Crypto
import FoundationEssentials
import HTTPTypes
import Kernel

/// Seals a kept answer to the key it belongs to, so that a table's reader neither sees nor swaps answers.
struct AnswerSeal: Sendable {
    private static let kept: [HTTPField.Name] = [.contentType, .eTag, .location, .cacheControl]
    let key: SymmetricKey

    /// One line of JSON with status and headers, then the body.
    func seal(_ answer: Outgoing, for key: IdempotencyKey) throws -> [UInt8] {
        let headers = Self.kept.compactMap { name in
            answer.headers[name].map { JSON.Member(name.canonicalName, .string($0)) }
        }
        let body: [UInt8] = if case .bytes(let bytes) = answer.body { bytes } else { [] }
        let head: JSON = [.int(Int64(answer.status)), .object(headers)]
        let plain = head.bytes + [UInt8(ascii: "\n")] + body
        let box = try AES.GCM.seal(plain, using: self.key, authenticating: binding(key))
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    func open(_ sealed: [UInt8], for key: IdempotencyKey) -> Outgoing? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let plain = try? AES.GCM.open(box, using: self.key, authenticating: binding(key)),
            let end = plain.firstIndex(of: UInt8(ascii: "\n")),
            case .array(let head)? = try? JSONParser.parse(Array(plain[..<end])), head.count == 2,
            case .int(let status) = head[0], case .object(let members) = head[1]
        else { return nil }
        var headers: HTTPFields = [:]
        for member in members {
            if let name = HTTPField.Name(member.name), let value = member.value.text { headers[name] = value }
        }
        return Outgoing(status: Int(status), headers: headers, body: .bytes(Array(plain[plain.index(after: end)...])))
    }

    private func binding(_ key: IdempotencyKey) -> [UInt8] {
        let parts: JSON = [
            "idempotency/1", .string(key.principal.subject), .string(key.operation), .string(key.key),
        ]
        return parts.bytes
    }
}
