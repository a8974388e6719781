import Identity
import Kernel
import Tickets

extension PasskeyPort {
    /// The passkeys of Identity.
    static func live(_ identity: Identity) -> PasskeyPort {
        PasskeyPort { challenge, user, request, scope in
            do {
                let options = try await identity.askToSign(challenge, of: user, request, in: scope)
                return try JSONParser.parse(PasskeyRequestOptions.schema.bytes(of: options))
            } catch IdentityError.noPasskeyHere {
                throw TicketError.noPasskey
            }
        } proof: { answer, challenge, user, request, now, audit, scope in
            do {
                return try await identity.signature(
                    PasskeyAssertion.schema.parse(answer), over: challenge, of: user, request, at: now, audit: audit,
                    in: scope)
            } catch IdentityError.passkeyRefused, IdentityError.noPasskeyHere {
                throw TicketError.tapRefused
            } catch is FieldErrors {
                throw TicketError.tapRefused
            }
        }
    }
}
