// What libFuzzer calls with bytes of its own making: `Deploy/fuzz` builds and runs it. One entrance a run, named by the
// environment. A crash, a hang, memory without bound or a broken promise below is a finding.

import Cryptography
import FoundationEssentials
import JOSE
import Kernel
import RADIUS
import SAML
import WebAuthn

#if canImport(Glibc)
    import Glibc
#endif

private enum Entrance: String {
    case xml, saml, metadata, json, jwt, cbor, assertion, certificate, sshkey, proxy, protobuf
    case attestation, authority, logout, farewell, cas, filter, patch, radsec, places
}

private let entrance: Entrance = {
    guard let name = getenv("GATEHOUSE_FUZZ"), let entrance = Entrance(rawValue: String(cString: name)) else {
        fatalError("GATEHOUSE_FUZZ must name an entrance")
    }
    return entrance
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    switch entrance {
    case .xml: _ = try? XMLReader.read(bytes)
    case .saml:
        // No key is pinned, so nothing may be believed.
        if (try? Stage.response(Data(bytes).base64EncodedString(), expecting: .unsolicited, at: Stage.now)) != nil {
            fatalError("a response that nobody signed was believed")
        }
    case .metadata: _ = try? SAMLIdentityProvider.metadata(bytes)
    case .json: Promises.json(bytes)
    case .jwt: Promises.token(bytes)
    case .cbor:
        if let answer = try? RegistrationResponse(clientDataJSON: Stage.created, attestationObject: bytes) {
            _ = try? answer.verified(
                challenge: Stage.challenge, for: Stage.site, needsVerification: false, policy: .none,
                at: Stage.now)
        }
    case .attestation: Promises.attestation(bytes)
    case .assertion:
        let answer = try? AssertionResponse(
            credentialID: [1], clientDataJSON: Stage.used, authenticatorData: bytes, signature: [0x30, 0],
            userHandle: nil)
        let known = AssertionResponse.Known(
            key: PasskeyPublicKey(algorithm: .es256, bytes: Array(repeating: 7, count: 64)), signCount: 0,
            isBackupEligible: false, userHandle: [1])
        if (try? answer?.verified(
            by: known, challenge: Stage.challenge, for: Stage.site, needsVerification: false, needsUserHandle: false))
            != nil
        {
            fatalError("an assertion that nobody signed was believed")
        }
    case .certificate: _ = try? SAMLCertificate(der: bytes)
    case .sshkey:
        if let key = try? SSHPublicKey(blob: bytes), key.blob != bytes { fatalError("a key reads otherwise") }
        _ = try? SSHPublicKey(line: String(decoding: bytes, as: UTF8.self))
    case .proxy: ProxyHeaders.read(bytes)
    case .protobuf: Promises.protobuf(bytes)
    case .authority:
        if let root = try? AttestationRoot(pem: String(decoding: bytes, as: UTF8.self)),
            (try? AttestationRoot(der: root.der)) != root
        {
            fatalError("an authority reads otherwise")
        }
        _ = try? AttestationRoot(der: bytes)
    case .logout: Farewells.request(bytes)
    case .farewell: Farewells.token(bytes)
    case .cas: Farewells.cas(bytes)
    case .filter: Provisioning.filter(bytes)
    case .patch: Provisioning.patch(bytes)
    case .places: PlaceFiles.read(bytes)
    case .radsec: Promises.radSec(String(decoding: bytes, as: UTF8.self))
    }
    return 0
}

private enum Promises {
    /// What vouches for a make is what did before, whatever else is about it.
    static func attestation(_ bytes: [UInt8]) {
        let maker = Stage.maker
        let policy = AttestationPolicy.direct(models: [maker.passkey.model], roots: [maker.root])
        guard
            let answer = try? RegistrationResponse(clientDataJSON: maker.clientData, attestationObject: bytes),
            let passkey = try? answer.verified(
                challenge: Stage.challenge, for: Stage.site, needsVerification: false, policy: policy, at: Stage.now)
        else { return }
        guard passkey == maker.passkey else { fatalError("somebody else's word counts for a make") }
    }

    /// An administrator pastes three texts: authorities, our certificate, its key.
    static func radSec(_ text: String) {
        let parts = text.split(separator: "\u{0}", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        _ = RadSec.isCertificates(parts[0])
        let (certificate, key) = (parts.count > 1 ? parts[1] : parts[0], parts.last ?? "")
        _ = RadSec(authorities: parts[0], certificate: certificate, key: Redacted(key)).fault
    }

    /// What is read, written and read again is the same.
    static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes), let written = try? CanonicalJSON.bytes(value) else { return }
        guard let again = try? JSONParser.parse(written), (try? CanonicalJSON.bytes(again)) == written else {
            fatalError("JSON that was written cannot be read, or is another")
        }
    }

    /// The same of the fields of a message, of those that we write.
    static func protobuf(_ bytes: [UInt8]) {
        func fields(_ bytes: [UInt8]) -> [(field: Int, value: ProtobufReader.Value)]? {
            var (reader, found) = (ProtobufReader(bytes[...]), [(field: Int, value: ProtobufReader.Value)]())
            do throws(ProtobufFault) { while let next = try reader.next() { found.append(next) } } catch { return nil }
            return found
        }
        guard let first = fields(bytes) else { return }
        var writer = ProtobufWriter()
        for (field, value) in first {
            switch value {
            case .number(let number): writer.put(field, number)
            case .bytes(let bytes): writer.put(field, bytes)
            case .fixed: continue
            }
        }
        let kept = first.filter { if case .fixed = $0.value { false } else { true } }
        guard writer.bytes.count <= bytes.count, let again = fields(writer.bytes), again.count == kept.count,
            zip(again, kept).allSatisfy({ $0.field == $1.field && $0.value == $1.value })
        else { fatalError("a message that was written cannot be read, is another, or longer than its shortest form") }
    }

    /// No token is believed by keys that signed none.
    static func token(_ bytes: [UInt8]) {
        _ = try? JSONWebKeySet(parsing: bytes)
        guard
            let token = try? JSONWebToken(
                parsing: String(decoding: bytes, as: UTF8.self), allowed: Set(SignatureAlgorithm.allCases)),
            let keys = try? JSONWebKeySet(parsing: Stage.keys)
        else { return }
        if (try? token.verified(by: keys)) != nil { fatalError("a token that nobody signed was believed") }
    }
}

enum Stage {
    /// A registration for which its maker vouched, of the tests.
    static let maker: (clientData: [UInt8], root: AttestationRoot, passkey: NewPasskey) = {
        guard let file = try? Data(contentsOf: URL(filePath: "Tests/WebAuthnTests/vectors.json")),
            let vector = try? JSONParser.parse([UInt8](file))["attested"], let pem = vector["root"]?.text,
            let root = try? AttestationRoot(pem: pem),
            let words = vector["create"]?["clientDataJSON"]?.text.flatMap({ Base64URL.decode($0) }),
            let object = vector["create"]?["attestationObject"]?.text.flatMap({ Base64URL.decode($0) }),
            let passkey = try? RegistrationResponse(clientDataJSON: words, attestationObject: object).verified(
                challenge: challenge, for: site, needsVerification: false,
                policy: .direct(models: [model], roots: [root]), at: now)
        else { fatalError("the registration of the tests cannot be read") }
        return (words, root, passkey)
    }()
    private static let model = UUID(uuidString: "01020304-0506-0708-090a-0b0c0d0e0f10") ?? UUID()
    static let site = RelyingParty(id: "acme.example", origin: "https://acme.example:8443")
    static let challenge = (0..<32).map { UInt8($0) }
    static let created = clientData("webauthn.create")
    static let used = clientData("webauthn.get")
    /// A key of RFC 7517, appendix A.1, whose private half is nowhere here.
    static let keys = Array(
        #"""
        {"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]}
        """#.utf8)
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    private static func clientData(_ type: String) -> [UInt8] {
        Array(
            #"{"type":"\#(type)","challenge":"\#(Base64URL.encode(challenge))","origin":"\#(site.origin)"}"#.utf8)
    }

    static let party: SAMLServiceProvider = {
        guard
            let pair = try? SAMLKeyPair.generate(
                name: "gate", bits: 2048, from: now.addingTimeInterval(-60), until: now.addingTimeInterval(60))
        else { fatalError("no key could be made") }
        return SAMLServiceProvider(
            entityID: "https://gate.example.com/saml/metadata",
            assertionConsumer: "https://gate.example.com/saml/acs", logout: "https://gate.example.com/saml/logout",
            signing: pair, decryption: [pair])
    }()
    static let provider = SAMLIdentityProvider(
        entityID: "http://auth.example.com:19580/saml/metadata", signOn: "https://auth.example.com/",
        certificates: [party.signing.certificate])
    static let response = ResponseCheck(of: provider, for: party)
}
