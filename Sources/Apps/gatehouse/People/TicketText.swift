import Kernel

/// Requests in words.
enum TicketText {
    /// What was asked for, in one line.
    static func ask(_ ticket: JSON) -> String {
        let assets = ticket.list("assets").map { $0.text("name") }.joined(separator: ", ")
        return "\(ticket.words("accounts"))@\(assets) for \(SpokenTime.words(ticket.int("durationSeconds") ?? 0))"
    }

    /// Where it stands.
    static func state(_ ticket: JSON) -> String {
        let head = "Request \(ticket.int("number") ?? 0), \(ask(ticket)): "
        switch ticket.text("state") {
        case "open":
            let names = ticket.list("waitingFor").map { $0.text("name") }.joined(separator: ", ")
            let level = "level \(ticket.int("level") ?? 1) of \(ticket.int("levels") ?? 1)"
            return (head + "waits at \(level) for \(names.isEmpty ? "an approver" : names).").oneLine
        case let state:
            let last = ticket.list("decisions").last
            let comment = last?.text("comment") ?? ""
            let who = last.map { " by \($0.text("user", "name"))" } ?? ""
            return
                (head + state + (state == "approved" || state == "rejected" ? who : "")
                + (comment.isEmpty ? "." : ": \(comment)")).oneLine
        }
    }

    static let columns: [(title: String, cell: @Sendable (JSON) -> String)] = [
        ("number", { String($0.int("number") ?? 0) }), ("from", { $0.text("requester", "name") }), ("asks for", ask),
        ("state", { $0.text("state") }), ("level", { "\($0.int("level") ?? 0)/\($0.int("levels") ?? 0)" }),
        ("reason", { String($0.text("reason").prefix(40)) }), ("opened", { SpokenTime.local($0.text("createdAt")) }),
    ]
}
