import Identity
import Kernel
import Tickets

extension Deciders {
    /// Whoever Identity lets in and lets decide.
    static func live(_ identity: Identity) -> Deciders {
        Deciders { users, now, scope, transaction in
            try await identity.who(of: users, may: .ticketsDecide, at: now, in: scope, transaction)
        }
    }
}
