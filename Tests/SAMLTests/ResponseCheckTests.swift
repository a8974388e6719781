import Foundation
import SAML
import TestSupport
import Testing

/// Responses of a provider that shares no code with ours: right ones, and each way to be wrong.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs signxml (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(2)))
struct ResponseCheckTests {
    @Test func `each right way to sign and to encrypt says the same`() async throws {
        let scene = try await Scene()
        #expect(scene.documents.accepted.count == 27)
        for (name, form) in scene.documents.accepted.sorted(by: { $0.key < $1.key }) {
            guard let signIn = try? scene.outcome(form).get() else {
                Issue.record("\(name): \(scene.outcome(form))")
                continue
            }
            #expect(signIn.isEncrypted == name.hasPrefix("encrypted"), "\(name)")
            let isSigned = !["response", "encrypted in a signed response", "encrypted, namespace declared outside"]
                .contains(name)
            #expect(signIn.isSigned == isSigned, "\(name)")
            #expect(signIn.name.value == "alice@example.com", "\(name)")
            #expect(signIn.assertionID == "_assertion", "\(name)")
            #expect(
                signIn.attributes.map(\.name) == ["mail", "groups"]
                    && signIn.attributes.map(\.values) == [["alice@example.com"], ["ops", "R&D 研发"]], "\(name)")
            #expect(signIn.sessionIndex == "_session", "\(name)")
        }
    }

    @Test func `what was signed is given as a value`() async throws {
        let scene = try await Scene()
        let signIn = try scene.outcome(scene.accepted("assertion")).get()
        #expect(
            signIn.name
                == SAMLName("alice@example.com", format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"))
        #expect(!signIn.name.isTransient)
        #expect(signIn.attributes[1].friendlyName == "Groups")
        #expect(signIn.context == "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
        #expect(signIn.signedInAt == scene.now - 10)
        #expect(signIn.sessionEnds == nil)
        // For as long as the confirmation can still be used here, clocks apart included.
        #expect(signIn.replayableUntil == scene.now + 300 + 90)
    }

    @Test func `an assertion can be used until the time for which its ID is to be kept, and not a moment later`()
        async throws
    {
        let scene = try await Scene()
        let form = try scene.accepted("assertion")
        let end = try scene.outcome(form).get().replayableUntil
        #expect((try? scene.outcome(form, at: end - 0.001).get())?.assertionID == "_assertion")
        #expect(scene.outcome(form, at: end) == .failure(.expired))
    }

    static let refusals: [String: SAMLError] = [
        "XSW 1": .notOneAssertion, "XSW 2": .notOneAssertion, "XSW 3": .notOneAssertion, "XSW 4": .notOneAssertion,
        "XSW 5": .notOneAssertion, "XSW 6": .notOneAssertion, "XSW 7": .notOneAssertion, "XSW 8": .notOneAssertion,
        "same ID outside": .identifiers, "same ID inside": .identifiers,
        "two assertions, both signed": .notOneAssertion, "two assertions in a signed response": .notOneAssertion,
        "an assertion as advice": .notOneAssertion, "an assertion of another namespace": .notOneAssertion,
        "plain and encrypted": .notOneAssertion, "no assertion": .notOneAssertion,

        "unsigned": .unsigned, "stripped": .unsigned, "changed name": .notSignedByProvider,
        "changed attribute": .notSignedByProvider, "wrongly keyed": .notSignedByProvider,
        "key of the attacker": .notSignedByProvider, "curve not known": .notSignedByProvider,
        "rsa-sha1": .algorithm, "digest sha1": .algorithm, "hmac with the certificate": .algorithm,
        "hmac with the public key": .algorithm, "inclusive canonicalisation": .signatureForm,
        "reference to everything": .signatureForm, "reference as xpointer": .signatureForm,
        "reference to a file": .signatureForm, "reference to the response": .signatureForm,
        "two references": .signatureForm, "xslt": .signatureForm, "xpath": .signatureForm, "an object": .signatureForm,
        "two signatures": .signaturePlace, "signature elsewhere": .signaturePlace,
        "signed response with a false assertion": .notSignedByProvider,
        "false response with a signed assertion": .signatureForm,

        "duplicate ID": .identifiers, "duplicate ID of another spelling": .identifiers,
        "duplicate ID of a namespace": .identifiers, "xml:id": .notXML(.foreignID), "no ID": .identifiers,
        "ID in another case": .identifiers, "ID in a namespace": .identifiers, "empty ID": .identifiers,
        "ID with a quote": .identifiers,

        "document type": .notXML(.documentType), "entity in the name": .notXML(.documentType),
        "billion laughs": .notXML(.documentType), "external entity": .notXML(.documentType),
        "external document type": .notXML(.documentType), "undeclared entity": .notXML(.malformed),
        "inclusion": .destination, "processing instruction": .notXML(.processingInstruction),
        "another encoding": .notXML(.encoding), "undeclared prefix": .notXML(.malformed),
        "two roots": .notXML(.malformed), "cut off": .notXML(.malformed),

        "version": .notTheMessage, "another message": .notTheMessage,
        "refused by the provider": .status(.authnFailed), "no passive": .status(.noPassive),
        "partial success": .status(.versionMismatch), "issuer of the response": .issuer,
        "issuer of the assertion": .issuer, "issuer of a kind": .issuer, "destination": .destination,
        "no destination, signed": .destination, "in response to another": .inResponseTo,
        "in response to nothing": .unsolicited, "confirmation in response to another": .inResponseTo,
        "confirmation in response to nothing": .inResponseTo, "recipient": .recipient, "audience": .audience,
        "audience that begins the same": .audience, "two restrictions, one for others": .audience,
        "no audience": .audience, "no conditions": .condition, "unknown condition": .condition,
        "not yet": .notYetValid, "over": .expired, "confirmation over": .expired,
        "confirmation without an end": .confirmation, "confirmation with a start": .confirmation,
        "holder of key": .confirmation, "no confirmation": .confirmation, "issued long ago": .expired,
        "issued in the future": .notYetValid, "answered in the future": .notYetValid, "session over": .expired,
        "a time with a zone": .time, "a time that is none": .time, "nobody": .subject, "two names": .subject,
        "empty name": .subject, "name with a blank": .subject, "name with an element": .subject,
        "encrypted name": .subject, "no statement": .statement,

        "encrypted for somebody else": .undecryptable, "encrypted, rsa 1.5": .encryptionAlgorithm,
        "encrypted, changed": .undecryptable, "encrypted cbc, changed": .undecryptable,
        "encrypted cbc, padding": .undecryptable, "encrypted, unsigned": .undecryptable,
        "encrypted, wrongly keyed": .undecryptable, "encrypted, two": .undecryptable,
        "encrypted, with a root of its own": .undecryptable, "encrypted, document type": .undecryptable,
        "encrypted, something else": .undecryptable, "encrypted, elsewhere": .undecryptable,
    ]

    @Test func `each wrong response is refused, and the reason is the right one`() async throws {
        let scene = try await Scene()
        #expect(Set(scene.documents.refused.keys) == Set(Self.refusals.keys))
        for (name, form) in scene.documents.refused.sorted(by: { $0.key < $1.key }) {
            let expected = try #require(Self.refusals[name])
            #expect(scene.outcome(form) == .failure(expected), "\(name)")
        }
    }

    @Test func `no reason repeats anything of the message`() {
        for error in Self.refusals.values {
            #expect(!"\(error)".contains("alice") && !"\(error)".contains("example.com"))
        }
    }

    @Test func `what a provider begins itself is taken only where that is allowed`() async throws {
        let scene = try await Scene()
        #expect(scene.outcome(scene.documents.unsolicited) == .failure(.unsolicited))
        let signIn = try scene.outcome(scene.documents.unsolicited, expecting: .unsolicited).get()
        #expect(signIn.name.value == "alice@example.com")
        // An answer to somebody's request cannot be passed off as one.
        #expect(try scene.outcome(scene.accepted("assertion"), expecting: .unsolicited) == .failure(.inResponseTo))
    }

    @Test func `only the certificates that were set up count`() async throws {
        let scene = try await Scene()
        let other = SAMLIdentityProvider(
            entityID: scene.documents.idp, signOn: scene.provider.signOn,
            certificates: [try SAMLCertificate(scene.documents.attacker)])
        #expect(try scene.outcome(scene.accepted("both"), from: other) == .failure(.notSignedByProvider))
        let form = try #require(scene.documents.refused["wrongly keyed"])
        #expect((try? scene.outcome(form, from: other).get()) != nil)
        let nobody = SAMLIdentityProvider(entityID: scene.documents.idp, signOn: "", certificates: [])
        #expect(try scene.outcome(scene.accepted("assertion"), from: nobody) == .failure(.notSignedByProvider))
    }

    @Test func `an encrypted assertion needs one of our keys, and the old one serves while it is there`() async throws {
        let scene = try await Scene()
        let form = try scene.accepted("encrypted aes256-gcm")
        let stranger = try SAMLKeyPair(
            privateKey: scene.documents.strangerKey,
            certificate: try SAMLCertificate(scene.documents.strangerCertificate))
        func party(_ decryption: [SAMLKeyPair]) -> SAMLServiceProvider {
            SAMLServiceProvider(
                entityID: scene.party.entityID, assertionConsumer: scene.party.assertionConsumer,
                logout: scene.party.logout, signing: scene.party.signing, decryption: decryption)
        }
        #expect(scene.outcome(form, to: party([])) == .failure(.noDecryptionKey))
        #expect(scene.outcome(form, to: party([stranger])) == .failure(.undecryptable))
        #expect((try? scene.outcome(form, to: party([stranger, scene.party.signing])).get()) != nil)
    }

    @Test func `base64 may be broken into lines, and nothing else`() async throws {
        let scene = try await Scene()
        let form = try scene.accepted("assertion")
        let lines = stride(from: 0, to: form.count, by: 76).map { form.dropFirst($0).prefix(76) }
        #expect((try? scene.outcome(lines.joined(separator: "\r\n")).get()) != nil)
        for bad in ["", "%", form + "!", String(form.dropLast()), form + form] {
            #expect(scene.outcome(bad) == .failure(.notBase64) || bad == form + form)
        }
        #expect((try? scene.outcome(form + form).get()) == nil)
    }

    /// Nobody needs a key to have us digest what they like: what is canonical must stay near the size of what came.
    @Test func `large messages in the form of signed ones cost no more than their size`() async throws {
        let scene = try await Scene()
        let text = try scene.text(scene.accepted("assertion"))
        let long = String(repeating: "n", count: 240)
        let many = (0..<40).map { " xmlns:p\($0)='u\($0)'" }.joined()
        let room = XMLLimits.message.bytes - text.utf8.count - 1024
        func filled(_ part: String, most: Int = 9500) -> String {
            String(repeating: part, count: min(most, room / part.utf8.count))
        }
        let fillers = [
            filled("<b/>"), filled("x"), filled("&#60;"), filled("<b>&lt;</b>"), filled("<b><!-- --></b>", most: 4500),
            // One declaration, repeated for each element that uses it.
            "<a xmlns:p='\(long)'>\(filled("<p:b/>"))</a>", "<a xmlns:p='\(long)'>\(filled("<b p:c=''/>"))</a>",
            // Many in scope, and names that are looked up among all of them.
            "<a\(many)>\(filled("<p39:b p0:c='' p1:c='' p2:c='' p3:c=''/>", most: 4000))</a>",
            filled("<b c01='' c02='' c03='' c04='' c05='' c06='' c07='' c08='' c09='' c10='' c11='' c12=''/>"),
            String(repeating: "<b>", count: 40) + filled("<c/>") + String(repeating: "</b>", count: 40),
        ]
        for filler in fillers {
            let message = text.replacingOccurrences(of: "</saml:Assertion>", with: filler + "</saml:Assertion>")
            let start = ContinuousClock.now
            #expect(scene.outcome(scene.form(message)) == .failure(.notSignedByProvider), "\(filler.prefix(40))")
            #expect(ContinuousClock.now - start < .seconds(20), "\(filler.prefix(40))")
        }
    }
}
