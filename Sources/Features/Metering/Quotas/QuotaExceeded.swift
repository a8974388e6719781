package import HTTPAPI
import Kernel

/// A hard limit of the tenant's plan stands in the way: which, how much there is, and whom to ask.
package struct QuotaExceeded: ProblemRepresentable, Equatable {
    package let kind: LimitKind
    package let limit: Int
    package let used: Int
    /// Empty if the provider has not said.
    package let contact: String

    package init(kind: LimitKind, limit: Int, used: Int, contact: String) {
        self.kind = kind
        self.limit = limit
        self.used = used
        self.contact = contact
    }

    /// For the person: in the portal, and in an SSH client.
    package var text: String {
        let whom = contact.isEmpty ? "your hosting provider" : contact
        return "Your plan is used up: \(used) of \(limit) \(kind.words). For more, ask \(whom)."
    }

    package var problem: Problem {
        Problem(
            .quotaExceeded, text, reasons: [.init("quota-\(kind.rawValue)", text)],
            members: [
                .init("quota", .string(kind.rawValue)), .init("limit", .int(Int64(limit))),
                .init("used", .int(Int64(used))), .init("contact", .string(contact)),
            ])
    }
}

extension ProblemType {
    package static let quotaExceeded = ProblemType("quota-exceeded", "The plan does not allow more", status: 409)
}
