import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Logging
import Outbound
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Messengers

/// Requests and people of a test: what tickets and identity are to the product.
final class Office: Sendable {
    struct Request {
        let requester: UserID
        let approvers: Set<UserID>
        var reason: String
        var needsPasskey: Bool
        var state = ApprovalCard.State.open
        var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] = []

        var digest: String { Hex.encode(Hash256.of(Array(reason.utf8)).bytes) }
    }

    struct Book {
        var requests: [TicketID: Request] = [:]
        var people: [UserID: CardPerson] = [:]
        /// What each is called at the vendors.
        var linked: [UserID: String] = [:]
        var isSlow = false
    }

    let book = Mutex(Book())

    private func subject(of provider: IdentityProviderID) -> @Sendable (String) -> String {
        if let known = naming.withLock({ $0[provider] }) { return known }
        return { name in "\(Team.company)/on_\(name)" }
    }

    /// By what subject a provider knows somebody, if not as Feishu does.
    let naming = Mutex<[IdentityProviderID: @Sendable (String) -> String]>([:])

    var people: CardPeople {
        CardPeople(
            subjects: { users, provider, _ in
                let subject = self.subject(of: provider)
                return self.book.withLock { book in
                    Dictionary(
                        uniqueKeysWithValues: users.compactMap { user in
                            book.linked[user].map { (user, subject($0)) }
                        })
                }
            },
            user: { subject, provider, _ in
                let name = self.subject(of: provider)
                return self.book.withLock { book in
                    book.linked.first { name($0.value) == subject }?.key
                }
            },
            people: { users, _ in
                self.book.withLock { book in book.people.filter { users.contains($0.key) } }
            })
    }

    var desk: ApprovalDesk {
        ApprovalDesk(
            card: { ticket, _ in
                self.book.withLock { book in book.requests[ticket].map { self.card(ticket, $0, book) } }
            },
            decide: { click, audit, _ in
                if self.book.withLock({ $0.isSlow }) { try await Task.sleep(for: .seconds(30)) }
                return self.book.withLock { book in
                    guard var request = book.requests[click.ticket] else { return .notYours }
                    if request.requester == click.user { return .own }
                    guard request.state == .open else { return .alreadyDecided }
                    guard request.approvers.contains(click.user) else { return .notYours }
                    guard request.digest == click.digest else { return .changed }
                    if click.isApproval, request.needsPasskey { return .needsPasskey }
                    request.answers.append((click.user, click.isApproval, click.comment, click.vendor))
                    request.state = click.isApproval ? .approved : .rejected
                    book.requests[click.ticket] = request
                    return .counted
                }
            })
    }

    private func card(_ id: TicketID, _ request: Request, _ book: Book) -> ApprovalCard {
        ApprovalCard(
            ticket: id, number: 7, kind: "access", requester: book.people[request.requester]?.name ?? "?",
            facts: [
                ApprovalFact("assets", ["web-1", "web-2"]), ApprovalFact("duration", ["5400"], as: .seconds),
            ], reason: request.reason, risk: "high",
            levels: [
                ApprovalLevel(
                    number: 1, name: "Lead", isOpen: request.state == .open, seats: request.approvers,
                    needsPasskey: request.needsPasskey,
                    answers: request.answers.map {
                        ApprovalAnswer(
                            name: book.people[$0.user]?.name ?? "?", onBehalfOf: nil, isApproval: $0.isApproval)
                    })
            ], state: request.state, digest: request.digest, deadline: nil)
    }
}
