import Access
import Identity
import Kernel
import Tickets
import Vault

extension SecretDesk {
    /// The secrets of Vault, for whom Access bars from none and Identity lets have any.
    static func live(_ vault: Vault, _ access: Access, _ identity: Identity) -> SecretDesk {
        SecretDesk { user, wish, scope, transaction in
            guard
                try await identity.who(of: [user], may: .secretsMine, at: wish.at, in: scope, transaction)
                    .contains(user)
            else { return false }
            return try await !access.isBarred(
                user, from: wish.account, on: wish.asset, at: wish.from, in: scope, transaction)
        } find: { wish, scope, transaction in
            let found = try await vault.lendable(
                wish.account, on: wish.asset, from: wish.from, to: wish.to, at: wish.at, in: scope, transaction)
            return found.map {
                Found(account: $0.account.id, form: $0.account.kind.rawValue, isTaken: $0.isTaken)
            }
        } lend: { loan, approved in
            do {
                _ = try await vault.checkOut(
                    SecretLoan(
                        account: loan.account, user: loan.user, ticket: loan.ticket, number: loan.number,
                        startsAt: loan.startsAt, endsAt: loan.endsAt),
                    at: approved.at, audit: approved.audit, in: approved.scope, approved.transaction)
            } catch VaultError.isOut {
                throw TicketError.secretIsOut
            } catch VaultError.barred {
                throw TicketError.secretBarred
            } catch VaultError.notFound, VaultError.noSecret {
                throw TicketError.nothingLeft
            }
        }
    }
}
