import Crypto
import CryptoExtras
import Cryptography
import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import JOSE

/// Tokens and keys, with the examples of the standards.
@Suite struct JSONWebTokenTests {
    /// RFC 7515, appendix A.2 and A.3; RFC 8037, appendix A.4.
    enum Example: String, CaseIterable {
        case rs256, es256, ed25519

        var key: JSON {
            switch self {
            case .rs256:
                [
                    "kty": "RSA",
                    "n":
                        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
                    "e": "AQAB",
                ]
            case .es256:
                [
                    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                ]
            case .ed25519:
                ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
            }
        }

        /// The example's token with its own payload; the one of RFC 8037 is no JSON, so its key signs nothing here.
        var token: String? {
            let claims =
                "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            return switch self {
            case .rs256:
                "eyJhbGciOiJSUzI1NiJ9.\(claims).cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            case .es256:
                "eyJhbGciOiJFUzI1NiJ9.\(claims).DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            case .ed25519: nil
            }
        }
    }

    static let all = Set(SignatureAlgorithm.allCases)

    static func keys(_ keys: JSON...) throws -> JSONWebKeySet {
        try JSONWebKeySet(parsing: JSON.object([.init("keys", .array(keys))]).bytes)
    }

    static func encode(_ json: JSON) -> String { Base64URL.encode(json.bytes) }

    @Test(arguments: [Example.rs256, .es256])
    func `the examples of RFC 7515 are good, and one changed bit makes them bad`(_ example: Example) throws {
        let keys = try Self.keys(example.key)
        let text = try #require(example.token)
        let claims = try JSONWebToken(parsing: text, allowed: Self.all).verified(by: keys)
        #expect(claims["iss"]?.text == "joe")
        let parts = text.split(separator: ".").map(String.init)
        let other = Self.encode(["iss": "eve"])
        #expect(throws: JOSEError.unknownKey) {
            try JSONWebToken(parsing: "\(parts[0]).\(other).\(parts[2])", allowed: Self.all).verified(by: keys)
        }
        var signature = try #require(Base64URL.decode(parts[2]))
        signature[7] ^= 1
        let bent = "\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))"
        #expect(throws: JOSEError.unknownKey) {
            try JSONWebToken(parsing: bent, allowed: Self.all).verified(by: keys)
        }
    }

    @Test func `the example of RFC 8037 is good`() throws {
        let key = try #require(JSONWebKey(Example.ed25519.key))
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        let signature = try #require(
            Base64URL.decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"))
        #expect(key.algorithm == .edDSA)
        #expect(key.verifies(signature, of: Array(signed.utf8)))
        #expect(!key.verifies(signature, of: Array((signed + "x").utf8)))
    }

    @Test func `none, HMAC with the public key and algorithms that are not allowed are refused`() throws {
        let claims = Self.encode(["iss": "joe"])
        let publicKey = try #require(Example.rs256.key["n"]?.text)
        for algorithm in ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS1"] {
            let header = Self.encode(["alg": .string(algorithm)])
            let signed = Array("\(header).\(claims)".utf8)
            let mac = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(publicKey.utf8)))
            for signature in ["", Base64URL.encode(Array(mac))] {
                #expect(throws: JOSEError.algorithm, "\(algorithm)") {
                    try JSONWebToken(parsing: "\(header).\(claims).\(signature)", allowed: Self.all)
                }
            }
        }
        let text = try #require(Example.rs256.token)
        #expect(throws: JOSEError.algorithm) { try JSONWebToken(parsing: text, allowed: [.es256, .edDSA]) }
    }

    @Test func `a token never says where its key is`() throws {
        // The key is the forger's own, in the token itself and at an address in it.
        let forger = P256.Signing.PrivateKey()
        let point = forger.publicKey.x963Representation.dropFirst()
        let own: JSON = [
            "kty": "EC", "crv": "P-256", "kid": "k1", "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
        let header = Self.encode([
            "alg": "ES256", "kid": "k1", "jwk": own, "jku": "https://evil.example/keys", "x5u": "https://evil.example",
        ])
        let claims = Self.encode(["iss": "joe"])
        let signature = try forger.signature(for: Array("\(header).\(claims)".utf8)).rawRepresentation
        let text = "\(header).\(claims).\(Base64URL.encode(Array(signature)))"
        let token = try JSONWebToken(parsing: text, allowed: Self.all)
        #expect(try token.verified(by: try Self.keys(own))["iss"]?.text == "joe")
        let theirs = Example.es256.key.merging(["kid": "k1"])
        #expect(throws: JOSEError.signature) { try token.verified(by: try Self.keys(theirs)) }
        for other: JSON in ["../../dev/null", "' or 1=1 --", "k2"] {
            let keys = try Self.keys(Example.es256.key.merging(["kid": other]))
            #expect(throws: JOSEError.unknownKey) { try token.verified(by: keys) }
        }
        // A key of another kind under the same id is no key for it.
        #expect(throws: JOSEError.unknownKey) {
            try token.verified(by: try Self.keys(Example.rs256.key.merging(["kid": "k1"])))
        }
    }

    @Test func `what is not well-formed is refused`() throws {
        let good = try #require(Example.es256.token)
        let parts = good.split(separator: ".").map(String.init)
        let wrong: [(String, JOSEError)] = [
            ("", .malformed), ("a.b", .malformed), (good + ".", .malformed), (good + ".x.y", .malformed),
            ("\(parts[0])=.\(parts[1]).\(parts[2])", .malformed), (" \(good)", .malformed),
            ("\(Self.encode(["alg": "ES256", "kid": 1])).\(parts[1]).\(parts[2])", .malformed),
            ("\(Self.encode(["alg": "ES256", "crit": ["exp"]])).\(parts[1]).\(parts[2])", .critical),
            ("\(Self.encode(["alg": "ES256", "b64": false])).\(parts[1]).\(parts[2])", .critical),
            ("\(Self.encode(["typ": "JWT"])).\(parts[1]).\(parts[2])", .algorithm),
            ("\(Self.encode(["alg": ["ES256"]])).\(parts[1]).\(parts[2])", .algorithm),
            // A name twice: which one counts, readers would disagree about.
            (
                "\(Base64URL.encode(Array(#"{"alg":"none","alg":"ES256"}"#.utf8))).\(parts[1]).\(parts[2])", .malformed
            ),
            ("\(parts[0]).\(Base64URL.encode(Array("[]".utf8))).\(parts[2])", .malformed),
            (String(repeating: "a", count: JSONWebToken.longest + 1), .tooLong),
        ]
        for (text, error) in wrong {
            #expect(throws: error, "\(text.prefix(80))") { try JSONWebToken(parsing: text, allowed: Self.all) }
        }
    }

    @Test func `a key that is weak, for something else or not on its curve is none`() throws {
        let (rsa, ec) = (Example.rs256.key, Example.es256.key)
        #expect(JSONWebKey(rsa) != nil && JSONWebKey(ec) != nil)
        let wrong: [JSON] = [
            rsa.merging(["use": "enc"]), rsa.merging(["key_ops": ["sign"]]), rsa.merging(["alg": "HS256"]),
            rsa.merging(["alg": "RS512"]), rsa.merging(["e": "AQ"]), rsa.merging(["e": "Ag"]),
            rsa.merging(["n": .string(String(rsa["n"]!.text!.prefix(171)))]), ec.merging(["alg": "RS256"]),
            ec.merging(["x": ec["y"]!]), ec.merging(["crv": "P-521"]),
            [
                "kty": "oct",
                "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            ],
            ["kty": "OKP", "crv": "X25519", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"], "text",
        ]
        for json in wrong { #expect(JSONWebKey(json) == nil, "\(json)") }
        #expect(try Self.keys(["kty": "oct", "k": "AA"], ec).keys.count == 1)
        for bytes in ["", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#] {
            #expect(throws: JOSEError.keySet) { try JSONWebKeySet(parsing: Array(bytes.utf8)) }
        }
        let many = JSON.array(Array(repeating: ec, count: JSONWebKeySet.most + 1))
        #expect(throws: JOSEError.keySet) { try JSONWebKeySet(parsing: JSON.object([.init("keys", many)]).bytes) }
    }
}
