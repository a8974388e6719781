import Foundation
import SAML
import TestSupport
import Testing

/// Keys and certificates.
@Suite struct KeyTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let end = Date(timeIntervalSince1970: 4_100_000_000)

    @Test func `a new pair survives being put away, and its certificate says whose it is`() throws {
        let pair = try SAMLKeyPair.generate(name: "gate.example.com", bits: 2048, from: Self.start, until: Self.end)
        #expect(pair.certificate.subject == "CN=gate.example.com")
        #expect(pair.certificate.notAfter == Self.end)
        #expect(pair.certificate.fingerprint.count == 64)
        let text = try pair.privateKey()
        #expect(text.hasPrefix("-----BEGIN PRIVATE KEY-----"))
        let again = try SAMLKeyPair(privateKey: text, certificate: try SAMLCertificate(pair.certificate.pem))
        #expect(again.certificate == pair.certificate)
        let other = try SAMLKeyPair.generate(name: "x", bits: 2048, from: Self.start, until: Self.end)
        #expect(throws: SAMLKeyError.notAPair) {
            try SAMLKeyPair(privateKey: text, certificate: other.certificate)
        }
        #expect(throws: SAMLKeyError.notAPrivateKey) {
            try SAMLKeyPair(privateKey: pair.certificate.pem, certificate: pair.certificate)
        }
    }

    @Test(arguments: [
        "", "x", "AAAA", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----",
    ])
    func `what is no certificate is refused`(_ text: String) {
        #expect(throws: SAMLKeyError.notACertificate) { try SAMLCertificate(text) }
    }

    @Test func `a certificate with something behind it is refused`() throws {
        let pair = try SAMLKeyPair.generate(name: "x", bits: 2048, from: Self.start, until: Self.end)
        #expect(throws: SAMLKeyError.notACertificate) { try SAMLCertificate(der: pair.certificate.bytes + [0]) }
        for count in stride(from: 0, to: pair.certificate.bytes.count, by: 7) {
            #expect(throws: SAMLKeyError.self) { try SAMLCertificate(der: Array(pair.certificate.bytes.prefix(count))) }
        }
    }

    @Test(.enabled(if: SAMLDocuments.isThere, "needs GATEHOUSE_TEST_PYTHON"))
    func `short keys are refused`() async throws {
        let documents = try await SAMLDocuments.make()
        #expect(throws: SAMLKeyError.weak) { try SAMLCertificate(documents.weak) }
    }
}
