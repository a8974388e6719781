import FoundationEssentials
import JOSE
import Kernel
import SAML

@testable import Identity

/// Words of providers that somebody has signed out, and a CAS server's that they are in.
enum Farewells {
    private static let check = LogoutTokenCheck(issuer: "i", client: "c", skew: 60, now: Stage.now)
    private static let header = try? JSONWebToken(
        parsing: "eyJhbGciOiJFUzI1NiJ9.e30.AA", allowed: [.es256]
    ).header

    /// A request in a query or a form: nothing was ever signed with the key that is pinned, so nobody's session ends.
    static func request(_ bytes: [UInt8]) {
        let party = Stage.party
        let text = String(decoding: bytes, as: UTF8.self)
        let form = Data(bytes).base64EncodedString()
        let provider = Stage.provider
        let believed =
            (try? LogoutRequest.read(query: text, from: provider, to: party, at: Stage.now)) != nil
            || (try? LogoutRequest.read(form: text, from: provider, to: party, at: Stage.now)) != nil
            || (try? LogoutRequest.read(form: form, from: provider, to: party, at: Stage.now)) != nil
        if believed { fatalError("a request that nobody signed was believed") }
    }

    /// The claims of a token whose signature was right.
    static func token(_ bytes: [UInt8]) {
        guard let header, let claims = try? JSONParser.parse(bytes), let ended = try? check(claims, header) else {
            return
        }
        guard claims["iss"]?.text == "i", claims["nonce"] == nil, ended.subject != nil || ended.session != nil,
            ended.expiresAt > Stage.now
        else { fatalError("a session ends without anybody's word") }
    }

    static func cas(_ bytes: [UInt8]) {
        if case .person(let person)? = try? CASAnswer.read(bytes), person.user.isEmpty {
            fatalError("somebody without a name is in")
        }
        if let ticket = CASTicket.ended(by: bytes), !CASTicket.isTicket(ticket) {
            fatalError("no ticket ends something")
        }
    }
}
