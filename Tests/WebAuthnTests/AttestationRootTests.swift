import Foundation
import TestSupport
import Testing

@testable import WebAuthn

/// What may be taken for the certificate of an authority.
@Suite struct AttestationRootTests {
    private let pem: String

    init() throws { pem = try #require(try Vectors("attested").root) }

    @Test func `an authority's certificate says whose it is and until when`() throws {
        let root = try AttestationRoot(pem: pem)
        #expect(root.subject.contains("CN=Good root") && root.subject.contains("O=Makers"))
        #expect(root.end == Date(timeIntervalSince1970: 1_767_225_600 + 9000 * 86_400))
        #expect(try AttestationRoot(pem: "\n" + pem + "\n\n") == root)
        #expect(try AttestationRoot(der: root.der) == root)
    }

    @Test func `two, none, a piece, and what stands around one are none`() throws {
        let der = try AttestationRoot(pem: pem).der
        let bad = [
            "", "x", pem + pem, "Good root:\n" + pem, pem + "more", String(pem.dropLast(40)),
            pem.replacing("CERTIFICATE", with: "PRIVATE KEY"), pem.replacing("M", with: "!"),
            pem.replacing("-----\nM", with: "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nM"),
            String(repeating: " ", count: AttestationRoot.longest) + pem,
        ]
        for text in bad {
            #expect(throws: AttestationRootFault.notACertificate, "\(text)") { try AttestationRoot(pem: text) }
        }
        for bytes in [[], Array(der.dropLast()), der + [0], [0x30, 0x80]] {
            #expect(throws: AttestationRootFault.notACertificate) { try AttestationRoot(der: bytes) }
        }
    }

    @Test func `whoever may issue nothing is no authority`() throws {
        let object = try AttestationObject(try Vectors("attested").attestation)
        let chain = try AttestationChain(of: object.statement).certificates
        #expect(chain.count == 2)
        #expect(throws: AttestationRootFault.notAnAuthority) { try AttestationRoot(der: chain[0]) }
        #expect(throws: Never.self) { try AttestationRoot(der: chain[1]) }
    }

    @Test func `an authority below its maker's root may be the one that is taken`() throws {
        let vectors = try Vectors("attested")
        let between = try AttestationChain(of: AttestationObject(vectors.attestation).statement).certificates[1]
        let policy = AttestationPolicy.direct(models: [Vectors.model], roots: [try AttestationRoot(der: between)])
        #expect(throws: Never.self) { try vectors.register(policy) }
    }
}
