import Crypto
import Foundation
import HTTPTypes
import Kernel
import Testing

@testable import HTTPAPI

@Suite struct MessageSignatureTests {
    /// The request of RFC 9421, B.2.
    private static let headers: HTTPFields = [
        .date: "Tue, 20 Apr 2021 02:07:55 GMT", .contentType: "application/json",
        .contentDigest:
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        .contentLength: "18",
    ]
    private static let body = Array(#"{"hello": "world"}"#.utf8)

    private func message(_ headers: HTTPFields = headers) -> SignedMessage {
        SignedMessage(
            method: "POST", isSecure: true, host: "example.com", target: "/foo?param=Value&Pet=dog", headers: headers)
    }

    private func signature(_ input: String, _ value: String) throws -> MessageSignature {
        try MessageSignature([.signatureInput: input, .signature: value])
    }

    @Test func `the HMAC of RFC 9421 is right`() throws {
        let signature = try signature(
            #"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
            "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:")
        let secret = try #require(
            Data(
                base64Encoded:
                    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="))
        let base = try signature.base(of: message())
        #expect(
            HMAC<SHA256>.isValidAuthenticationCode(
                signature.signature, authenticating: base, using: SymmetricKey(data: secret)))
    }

    @Test func `the Ed25519 of RFC 9421 is right`() throws {
        let signature = try signature(
            #"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;"#
                + #"keyid="test-key-ed25519""#,
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:")
        let key = try #require(Data(base64Encoded: "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="))
        let base = try signature.base(of: message())
        #expect(
            try Curve25519.Signing.PublicKey(rawRepresentation: key).isValidSignature(signature.signature, for: base))
    }

    @Test func `each component is what RFC 9421 says`() throws {
        let names = [
            "@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "content-digest",
        ]
        let list = names.map { "\"\($0)\"" }.joined(separator: " ")
        let base = try signature("s=(\(list));created=1", "s=::").base(of: message())
        let expected = [
            #""@method": POST"#, #""@target-uri": https://example.com/foo?param=Value&Pet=dog"#,
            #""@authority": example.com"#, #""@scheme": https"#, #""@request-target": /foo?param=Value&Pet=dog"#,
            #""@path": /foo"#, #""@query": ?param=Value&Pet=dog"#,
            #""content-digest": \#(Self.headers[.contentDigest]!)"#, #""@signature-params": (\#(list));created=1"#,
        ]
        #expect(String(decoding: base, as: UTF8.self) == expected.joined(separator: "\n"))
    }

    @Test func `fields of several lines are joined, and blanks around them do not count`() throws {
        var headers = Self.headers
        let name = try #require(HTTPField.Name("X-Many"))
        headers.append(HTTPField(name: name, value: "a"))
        headers.append(HTTPField(name: name, value: "b,  c"))
        let base = try signature(#"s=("x-many")"#, "s=::").base(of: message(headers))
        #expect(String(decoding: base, as: UTF8.self) == "\"x-many\": a, b,  c\n\"@signature-params\": (\"x-many\")")
    }

    @Test func `a port that goes without saying is not said`() throws {
        for (isSecure, host, authority) in [
            (true, "a.test:443", "a.test"), (false, "a.test:80", "a.test"), (true, "a.test:80", "a.test:80"),
            (false, "a.test:8443", "a.test:8443"),
        ] {
            let message = SignedMessage(method: "GET", isSecure: isSecure, host: host, target: "/", headers: [:])
            let base = try signature(#"s=("@authority" "@query")"#, "s=::").base(of: message)
            #expect(
                String(decoding: base, as: UTF8.self)
                    == "\"@authority\": \(authority)\n\"@query\": ?\n\"@signature-params\": (\"@authority\" \"@query\")"
            )
        }
    }

    @Test(
        arguments: [
            ("", "s=::"), ("s=()", ""), ("s=()", "t=::"), ("s=(), t=()", "s=::, t=::"), ("s=()", "s=::, t=::"),
            ("s=1", "s=::"), ("s=()", "s=1"), ("s=()", "s=()"), (#"s=("a" "a")"#, "s=::"), ("s=(a)", "s=::"),
            (#"s=("a";sf)"#, "s=::"), (#"s=("@query-param";name="a")"#, "s=::"), (#"s=("@method";req)"#, "s=::"),
        ])
    func `what is not one plain signature is refused`(_ input: String, _ value: String) {
        #expect(throws: SignatureFault.self) { try signature(input, value) }
    }

    @Test(arguments: ["@status", "@unknown", "x-missing", "Date", "a b", ""])
    func `what a request does not have cannot be signed`(_ name: String) throws {
        let signature = try signature("s=(\"\(name)\")", "s=::")
        #expect(throws: SignatureFault.self) { try signature.base(of: message()) }
    }

    // MARK: What has to be signed

    private static let now = Date(timeIntervalSince1970: 1_795_000_000)
    private static let rest = #"keyid="k";nonce="0123456789abcdef""#

    private func facts(
        _ components: String, _ parameters: String = "created=1795000000;\(rest)", headers: HTTPFields = [:],
        body: [UInt8] = []
    ) throws -> SignatureFacts {
        var headers = headers
        headers[.signatureInput] = "s=(\(components));\(parameters)"
        headers[.signature] = "s=::"
        let request = Incoming(
            method: .post, body: body,
            facts: RequestFacts(traceID: "t", clientAddress: "192.0.2.1", host: "a.test", headers: headers),
            host: .unknown)
        return try SignatureFacts(
            try MessageSignature(headers), of: request, weighty: [.ifMatch, .idempotencyKey], at: Self.now)
    }

    private let address = #""@method" "@target-uri""#

    @Test func `who signs all of it is heard`() throws {
        let facts = try facts(address)
        #expect(facts.keyID == "k" && facts.nonce == "0123456789abcdef" && facts.created == Self.now)
        _ = try self.facts(#""@query" "@path" "@authority" "@method""#)
        let digest: HTTPFields = [.contentDigest: Self.headers[.contentDigest]!, .ifMatch: "\"1\""]
        _ = try self.facts(address + #" "content-digest" "if-match""#, headers: digest, body: Self.body)
    }

    @Test(
        arguments: [
            "", #""@method""#, #""@target-uri""#, #""@method" "@authority" "@path""#,
            #""@method" "@authority" "@query""#,
            #""@method" "@path" "@query""#, #""@method" "@request-target""#,
        ])
    func `who leaves something out is refused`(_ components: String) {
        #expect(throws: SignatureFault.self) { try facts(components) }
    }

    @Test(
        arguments: [
            #"keyid="k";nonce="0123456789abcdef""#, #"created=1795000000;nonce="0123456789abcdef""#,
            #"created=1795000000;keyid="k""#, #"created=1795000000;keyid="k";nonce="short""#,
            #"created=1795000000;keyid=k;nonce="0123456789abcdef""#, #"created="1795000000";\#(rest)"#,
            "created=1795000000;\(rest);expires=1794999999", #"created=1795000000;\#(rest);expires="x""#,
            "created=1795000000;\(rest);alg=x", "created;\(rest)", "created=999999999999999;\(rest)",
        ])
    func `parameters have to be there, and to be what they are`(_ parameters: String) {
        #expect(throws: SignatureFault.self) { try facts(address, parameters) }
    }

    @Test func `five minutes either way are taken, and not a second more`() throws {
        for seconds in [-300, 0, 300] { _ = try facts(address, "created=\(1_795_000_000 + seconds);\(Self.rest)") }
        for seconds in [-301, 301, -86_400, 86_400] {
            #expect(throws: SignatureFault.self) {
                try facts(address, "created=\(1_795_000_000 + seconds);\(Self.rest)")
            }
        }
    }

    @Test func `a body takes its digest, and what changes a request is signed where it is sent`() throws {
        let digest = Self.headers[.contentDigest]!
        #expect(throws: SignatureFault.self) { try facts(address, body: Self.body) }
        #expect(throws: SignatureFault.self) { try facts(address, headers: [.contentDigest: digest], body: Self.body) }
        let covered = address + #" "content-digest""#
        #expect(throws: SignatureFault.self) { try facts(covered, body: Self.body) }
        for wrong in [
            "sha-256=:AQI=:", "md5=:AQI=:", "sha-256=1", "sha-256", "x", digest + ", sha-256=:AQI=:",
            "sha-512=\"\(digest.dropFirst(9).dropLast())\"",
        ] {
            #expect(throws: SignatureFault.self, "\(wrong)") {
                try facts(covered, headers: [.contentDigest: wrong], body: Self.body)
            }
        }
        #expect(throws: SignatureFault.self) {
            try facts(covered, headers: [.contentDigest: digest], body: Self.body + [0])
        }
        #expect(throws: SignatureFault.self) { try facts(covered, headers: [.contentDigest: digest]) }
        #expect(throws: SignatureFault.self) { try facts(address, headers: [.ifMatch: "\"1\""]) }
        #expect(throws: SignatureFault.self) { try facts(address, headers: [.idempotencyKey: "x"]) }
        _ = try facts(covered, headers: [.contentDigest: "md5=:AQI=:, \(digest)"], body: Self.body)
    }
}
