import Identity
import Kernel
import Tickets

extension PasskeyPort {
    /// The passkeys of Identity.
    static func live(_ identity: Identity) -> PasskeyPort {
        PasskeyPort { challenge, user, request, scope in
            let options = try await identity.askToSign(challenge, of: user, request, in: scope)
            return try JSONParser.parse(PasskeyRequestOptions.schema.bytes(of: options))
        } proof: { answer, challenge, user, request, now, audit, scope in
            try await identity.signature(
                PasskeyAssertion.schema.parse(answer), over: challenge, of: user, request, at: now, audit: audit,
                in: scope)
        }
    }
}
