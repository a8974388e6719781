import HTTPAPI
package import Kernel
import Outbound
import Postgres

/// The state of a sign-in, where it stands in a path.
package struct SignInState: WireValue, Sendable {
    let text: String

    package static let schema: Schema<Self> = Schema<String>.string(
        43...64, pattern: "^[A-Za-z0-9_-]{43,64}$", "must be the state of a sign-in"
    ) { text in
        text.utf8.allSatisfy {
            0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }.map(Self.init, \.text)
}

/// Takes a browser that comes from a CAS server, and sends it on to the portal with what it brings. Nobody is signed in by
/// it, and nothing is looked at but its form.
struct TakeCASTicket {
    let database: Database

    func callAsFunction(
        _ id: IdentityProviderID, _ state: SignInState, _ query: String, _ visit: Visit
    ) async throws -> Onward {
        guard try await IdentityProviderStore.isCAS(id, in: visit.scope, database) else { throw IdentityError.notFound }
        let ticket = FormText.decoded("ticket", in: Array(query.utf8)).flatMap { CASTicket.isTicket($0) ? $0 : nil }
        let more = ticket.map { "&code=\($0)" } ?? ""
        return Onward(to: "\(visit.request.origin)/sign-in/callback/\(id.text)?state=\(state.text)\(more)")
    }
}

/// Ends here what a CAS server says is over (CAS protocol 3.0 §2.3.3).
///
/// Nothing in CAS says who asks for it. What ends anything is the ticket: nobody but the person's browser, the server and
/// we have ever had it, and here only its hash is. Everybody else gets the same answer, and nothing ends.
struct SignOutByCAS {
    static let limit = 64 << 10

    let database: Database

    func callAsFunction(_ id: IdentityProviderID, _ form: [UInt8], _ visit: Visit) async throws {
        guard try await IdentityProviderStore.isCAS(id, in: visit.scope, database) else { throw IdentityError.notFound }
        guard let request = FormText.decoded("logoutRequest", in: form),
            let ticket = CASTicket.ended(by: Array(request.utf8))
        else { throw Problem(.malformed) }
        try await database.transaction(in: visit.scope) { tx in
            let people = try await ProviderSessionStore.take(session: ticket, at: id, in: visit.scope, tx)
            try await SignOutByProvider.end(people, visit, tx)
        }
    }
}
