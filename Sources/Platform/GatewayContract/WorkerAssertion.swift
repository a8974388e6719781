import Cryptography
package import FoundationEssentials
package import Kernel

/// Why an assertion proves nothing.
package enum AssertionFault: Error, Equatable {
    case malformed
    case notForUs
    case tooLong
    case over
    case notYet
    case wrongSignature
}

/// A client assertion (RFC 7523): a worker says who it is, for a minute, once.
///
/// It is a JWT with exactly one algorithm and exactly these members. A header that offers a choice is how JWTs are
/// forged, so there is none.
package struct WorkerAssertion: Sendable, Equatable {
    package static let audience = "gatehouse"
    package static let longest = 60
    /// How far clocks may disagree.
    package static let skew = 30

    package let worker: WorkerID
    package let issuedAt: Date
    package let expiresAt: Date
    /// Remembered by the server until `expiresAt`, so that the assertion counts once.
    package let id: String

    package init(worker: WorkerID, issuedAt: Date, lifetime: Int = WorkerAssertion.longest, id: String) {
        self.worker = worker
        self.issuedAt = issuedAt
        self.expiresAt = issuedAt + TimeInterval(lifetime)
        self.id = id
    }

    /// The compact form.
    package func signed(_ sign: ([UInt8]) throws -> [UInt8]) throws -> PassedSecret {
        let header: JSON = ["alg": "EdDSA", "typ": "JWT", "kid": .string(worker.text)]
        let claims: JSON = [
            "iss": .string(worker.text), "sub": .string(worker.text), "aud": .string(Self.audience),
            "iat": .int(Int64(issuedAt.timeIntervalSince1970)), "exp": .int(Int64(expiresAt.timeIntervalSince1970)),
            "jti": .string(id),
        ]
        let body = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        return PassedSecret(body + "." + Base64URL.encode(try sign(Array(body.utf8))))
    }
}

/// An assertion as it arrived: read, not believed.
package struct UncheckedAssertion: Sendable {
    /// Who it says it is from; tells whose keys to check it with.
    package let worker: WorkerID
    private let claims: Claims
    private let signedBytes: [UInt8]
    private let signature: [UInt8]

    package init(_ text: PassedSecret) throws(AssertionFault) {
        let parts = text.reveal().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(String(parts[2])), signature.count == 64,
            let header = Self.read(Header.self, parts[0]), let claims = Self.read(Claims.self, parts[1]),
            header.alg == "EdDSA", header.typ == "JWT", header.kid == claims.iss, claims.iss == claims.sub
        else { throw .malformed }
        self.worker = claims.iss
        self.claims = claims
        self.signedBytes = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private static func read<Value: WireValue>(_ type: Value.Type, _ part: Substring) -> Value? {
        guard let bytes = Base64URL.decode(String(part)), let json = try? JSONParser.parse(bytes) else { return nil }
        return try? Value.schema.parse(json)
    }

    /// The assertion, if one of the keys signed it, and it is for us and for now.
    package func checked(keys: [[UInt8]], now: Date) throws(AssertionFault) -> WorkerAssertion {
        guard claims.aud == WorkerAssertion.audience else { throw .notForUs }
        guard keys.contains(where: { Ed25519.isValid(signature, of: signedBytes, by: $0) }) else {
            throw .wrongSignature
        }
        guard claims.exp > claims.iat, claims.exp - claims.iat <= WorkerAssertion.longest else { throw .tooLong }
        let second = now.timeIntervalSince1970
        guard second < Double(claims.exp) else { throw .over }
        guard second + Double(WorkerAssertion.skew) >= Double(claims.iat) else { throw .notYet }
        return WorkerAssertion(
            worker: worker, issuedAt: Date(timeIntervalSince1970: Double(claims.iat)),
            lifetime: claims.exp - claims.iat, id: claims.jti)
    }

    private struct Header: WireValue {
        let alg: String
        let typ: String
        let kid: WorkerID

        static let schema: Schema<Self> = .record(Self.init) {
            Field("alg", \.alg, .text(1...16))
            Field("typ", \.typ, .text(1...16))
            Field("kid", \.kid)
        }
    }

    private struct Claims: WireValue {
        let iss: WorkerID
        let sub: WorkerID
        let aud: String
        let iat: Int
        let exp: Int
        let jti: String

        static let schema: Schema<Self> = .record(Self.init) {
            Field("iss", \.iss)
            Field("sub", \.sub)
            Field("aud", \.aud, .text(1...64))
            Field("iat", \.iat, .int(0...Counters.most))
            Field("exp", \.exp, .int(0...Counters.most))
            Field("jti", \.jti, .text(16...64))
        }
    }
}
