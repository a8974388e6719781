import Cryptography
import Foundation
import Kernel
import Testing

@testable import gatehouse

@Suite struct VerifyErasureTests {
    private static let statement: JSON = [
        "type": "gatehouse-erasure-proof/1", "tenant": ["id": "ten_1", "slug": "acme", "name": "Acme"],
        "closedBy": "Olga", "erased": ["objects": 3, "recordedBytes": 2048, "rows": ["secrets": 2, "users": 5]],
    ]

    private static func document(_ statement: JSON, _ key: SigningKey, over signed: JSON? = nil) throws -> [UInt8] {
        let value = try key.sign(try CanonicalJSON.bytes(signed ?? statement))
        let document: JSON = [
            "proof": statement,
            "signature": [
                "key": "ed25519:x", "publicKey": .string(key.verifyingKey.text),
                "value": .string(Base64URL.encode(value)),
            ],
        ]
        return document.bytes
    }

    @Test func `a proof is valid under the key that signed it, and says what was erased`() throws {
        let key = SigningKey()
        let bytes = try Self.document(Self.statement, key)
        let known = ErasureVerdict(bytes, key: key.verifyingKey.text)
        #expect(known.outcome == .valid(keyIsKnown: true) && known.code == 0)
        #expect(known.text.contains("Acme") && known.text.contains("7 rows in 2 tables"))
        #expect(ErasureVerdict(bytes, key: nil).outcome == .valid(keyIsKnown: false))
        #expect(ErasureVerdict(bytes, key: nil).text.contains("compare it"))
    }

    @Test func `a changed number, another key or another file is found`() throws {
        let key = SigningKey()
        let changed = Self.statement.merging(["closedBy": "Nobody"])
        #expect(ErasureVerdict(try Self.document(changed, key, over: Self.statement), key: nil).outcome == .changed)
        let bytes = try Self.document(Self.statement, key)
        #expect(ErasureVerdict(bytes, key: SigningKey().verifyingKey.text).outcome == .changed)
        #expect(ErasureVerdict(bytes, key: "nonsense").code == 2)
        let receipt: JSON = ["receipt": [:]]
        let other: JSON = ["proof": ["type": "another"]]
        for input in [Array("{}".utf8), Array("nonsense".utf8), receipt.bytes, other.bytes] {
            #expect(ErasureVerdict(input, key: nil).code == 2)
        }
    }
}
