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
        var assets = ["web-1", "web-2"]
        var needsPasskey: Bool
        /// Which answers take a comment: approvals (`true`), refusals (`false`).
        var commented: Set<Bool> = []
        var state = ApprovalCard.State.open
        var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] = []

        var digest: String { Hex.encode(Hash256.of(Array(reason.utf8)).bytes) }
    }

    struct Book {
        var requests: [TicketID: Request] = [:]
        var people: [UserID: CardPerson] = [:]
        /// What each is called at the vendors.
        var linked: [UserID: String] = [:]
        /// Whose link a provider made by itself.
        var fromDirectory: Set<UserID> = []
        /// How long a decision takes.
        var pause: Duration = .zero

        func linked(by link: CardLink) -> [UserID: String] {
            linked.filter { link.trustsDirectory || !fromDirectory.contains($0.key) }
        }
    }

    let book = Mutex(Book())

    private func subject(of provider: IdentityProviderID) -> @Sendable (String) -> String {
        if let known = naming.withLock({ $0[provider] }) { return known }
        return { name in "\(Team.company)/on_\(name)" }
    }

    /// By what subject a provider knows somebody, if not as Feishu does.
    let naming = Mutex<[IdentityProviderID: @Sendable (String) -> String]>([:])

    /// Providers of other messengers and companies.
    let foreign = Mutex<Set<IdentityProviderID>>([])

    var people: CardPeople {
        CardPeople(
            subjects: { users, link, _ in
                let subject = self.subject(of: link.provider)
                return self.book.withLock { book in
                    book.linked(by: link).filter { users.contains($0.key) }.mapValues(subject)
                }
            },
            user: { subject, link, _ in
                let name = self.subject(of: link.provider)
                return self.book.withLock { book in
                    book.linked(by: link).first { name($0.value) == subject }?.key
                }
            },
            people: { users, _ in
                self.book.withLock { book in book.people.filter { users.contains($0.key) } }
            },
            having: { email, _ in
                self.book.withLock { book in
                    book.people.filter { $0.value.email?.lowercased() == email.lowercased() }.map(\.key)
                }
            },
            isThere: { provider, _, _, _ in self.foreign.withLock { !$0.contains(provider) } })
    }

    var desk: ApprovalDesk {
        ApprovalDesk(
            card: { ticket, _ in
                self.book.withLock { book in book.requests[ticket].map { self.card(ticket, $0, book) } }
            },
            cards: { tickets, _ in
                self.book.withLock { book in
                    book.requests.filter { tickets.contains($0.key) }.reduce(into: [:]) { cards, request in
                        cards[request.key] = self.card(request.key, request.value, book)
                    }
                }
            },
            decide: { click, audit, _ in
                // Some work hears nothing of being cancelled.
                let end = ContinuousClock.now + self.book.withLock { $0.pause }
                while ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
                let verdict: ApprovalVerdict = self.book.withLock { book in
                    guard var request = book.requests[click.ticket] else { return .notYours }
                    if request.requester == click.user { return .own }
                    guard request.state == .open else { return .alreadyDecided }
                    guard request.approvers.contains(click.user) else { return .notYours }
                    guard request.digest == click.digest else { return .changed }
                    if click.isApproval, request.needsPasskey { return .needsPasskey }
                    if request.commented.contains(click.isApproval), click.comment.isEmpty { return .needsComment }
                    request.answers.append((click.user, click.isApproval, click.comment, click.vendor))
                    request.state = click.isApproval ? .approved : .rejected
                    book.requests[click.ticket] = request
                    return .counted
                }
                if verdict == .counted { try await self.write(audit) }
                return verdict
            })
    }

    /// Writes the trail as tickets do.
    let trail = Mutex<(@Sendable (AuditDraft) async throws -> Void)?>(nil)

    private func write(_ audit: AuditDraft) async throws { try await trail.withLock { $0 }?(audit) }

    private func card(_ id: TicketID, _ request: Request, _ book: Book) -> ApprovalCard {
        ApprovalCard(
            ticket: id, number: 7, kind: "access", kindName: Wording("Access", "访问"),
            requester: book.people[request.requester]?.name ?? "?",
            facts: [
                ApprovalFact("assets", request.assets, name: Wording("Assets", "资产")),
                ApprovalFact("duration", ["5400"], as: .seconds, name: Wording("Duration", "时长")),
            ], reason: request.reason, risk: "high",
            levels: [
                ApprovalLevel(
                    number: 1, name: "Lead", isOpen: request.state == .open, seats: request.approvers,
                    needsPasskey: request.needsPasskey, commented: request.commented,
                    answers: request.answers.map {
                        ApprovalAnswer(
                            name: book.people[$0.user]?.name ?? "?", onBehalfOf: nil, isApproval: $0.isApproval)
                    })
            ], state: request.state, digest: request.digest, deadline: nil)
    }
}
