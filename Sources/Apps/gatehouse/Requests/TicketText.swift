import Foundation
import Kernel

/// Requests in words. What people wrote is without control characters in all of them.
enum TicketText {
    /// What was asked for, in one line.
    static func ask(_ ticket: JSON) -> String {
        let assets = ticket.list("assets").map { $0.text("name") }.joined(separator: ", ")
        func fact(_ label: String) -> String {
            ticket.list("facts").first { $0.text("label") == label }.map(value) ?? ""
        }
        return switch ticket.text("kind") {
        case "role": "role \(fact("role")) at \(fact("organization"))"
        case "extension": "\(fact("extended")) until \(fact("ends-then"))"
        case "general": fact("subject")
        case "sign-in": "sign-in of \(fact("login")) from \(fact("client-address"))"
        case "command": fact("command")
        case "secret":
            "the secret of \(ticket.words("accounts"))@\(assets) for "
                + SpokenTime.words(ticket.int("durationSeconds") ?? 0)
        default: "\(ticket.words("accounts"))@\(assets) for \(SpokenTime.words(ticket.int("durationSeconds") ?? 0))"
        }
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

    /// All of it: facts, path, what has happened, and the digest that a decision names.
    static func whole(_ ticket: JSON, _ comments: [JSON]) -> String {
        let risk = ticket.text("risk")
        var lines = [
            "Request \(ticket.int("number") ?? 0): \(ticket.text("kind")), \(ticket.text("state")), risk \(risk)",
            "  from      \(ticket.text("requester", "name"))",
        ]
        for fact in ticket.list("facts") { lines.append("  \(padded(fact.text("label"))) \(value(fact))") }
        lines.append("  \(padded("reason")) \(ticket.text("reason"))")
        let because = ticket.words("because")
        lines.append("  \(padded("flow")) \(ticket.text("flowName"))\(because.isEmpty ? "" : " (\(because))")")
        lines.append("Path\(ticket.bool("isParallel") ? ", all levels at once" : ""):")
        lines += ticket.list("path").map { "  " + stage($0) }
        lines.append("What has happened:")
        lines += timeline(ticket, comments).map { "  " + $0 }
        if ticket.text("state") == "open" { lines.append("Open until \(SpokenTime.local(ticket.text("deadline")))") }
        lines.append("Digest: \(ticket.text("digest"))")
        return lines.map(\.oneLine).joined(separator: "\n")
    }

    private static func stage(_ stage: JSON) -> String {
        let seats = stage.list("seats").map { seat in
            let detail = seat.text("detail")
            return "\(seat.text("user", "name")) (\(seat.text("reason"))\(detail.isEmpty ? "" : " \(detail)"))"
        }
        let standing =
            !stage.text("passedAt").isEmpty ? "done" : stage.text("openedAt").isEmpty ? "later" : "waits"
        let until = stage.text("deadline").isEmpty ? "" : ", until \(SpokenTime.local(stage.text("deadline")))"
        return "\(stage.int("level") ?? 0). \(stage.text("name")): \(standing)\(until); \(stage.int("quorum") ?? 1) of "
            + seats.joined(separator: ", ") + (stage.bool("needsPasskey") ? "; with a passkey" : "")
            + comment(stage, "; ")
    }

    /// Which answers of a level are given with a comment only.
    static func comment(_ level: JSON, _ separator: String) -> String {
        switch level.text("needsComment") {
        case "always": separator + "with a comment"
        case "approved": separator + "approved with a comment only"
        case "rejected": separator + "rejected with a comment only"
        default: ""
        }
    }

    private static func timeline(_ ticket: JSON, _ comments: [JSON]) -> [String] {
        var events = [(ticket.text("createdAt"), "\(ticket.text("requester", "name")) asked")]
        for stage in ticket.list("path") {
            let name = stage.text("name")
            if !stage.text("openedAt").isEmpty { events.append((stage.text("openedAt"), "\(name) was asked")) }
            let escalated = stage.text("escalatedAt")
            if !escalated.isEmpty { events.append((escalated, "\(name) was escalated")) }
        }
        for decision in ticket.list("decisions") {
            let absent = decision.text("onBehalfOf", "name")
            let comment = decision.text("comment")
            let changes = decision.list("changes").map { change in
                "\(change.text("label")): \(change.words("before")) became \(change.words("after"))"
            }
            events.append(
                (
                    decision.text("decidedAt"),
                    "\(decision.text("user", "name"))\(absent.isEmpty ? "" : " for \(absent)") "
                        + "\(decision.text("outcome")) by \(decision.text("channel"))"
                        + (decision.bool("hasProof") ? " with a passkey" : "") + (comment.isEmpty ? "" : ": \(comment)")
                        + (changes.isEmpty ? "" : " [\(changes.joined(separator: "; "))]")
                ))
        }
        for comment in comments {
            events.append((comment.text("createdAt"), "\(comment.text("user", "name")): \(comment.text("text"))"))
        }
        if !ticket.text("decidedAt").isEmpty { events.append((ticket.text("decidedAt"), ticket.text("state"))) }
        return events.enumerated()
            .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            .map { "\(SpokenTime.local($0.element.0))  \($0.element.1)" }
    }

    private static func value(_ fact: JSON) -> String {
        fact.list("values").compactMap(\.text).map { value in
            switch fact.text("form") {
            case "seconds": Int(value).map(SpokenTime.words) ?? value
            case "time": SpokenTime.local(value)
            default: value.replacing("\n", with: " ⏎ ")
            }
        }.joined(separator: ", ")
    }

    private static func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(0, 9 - DisplayWidth.of(label)))
    }

    static let columns: [(title: String, cell: @Sendable (JSON) -> String)] = [
        ("number", { String($0.int("number") ?? 0) }), ("kind", { $0.text("kind") }),
        ("from", { $0.text("requester", "name") }), ("asks for", ask),
        ("state", { $0.text("state") }), ("level", { "\($0.int("level") ?? 0)/\($0.int("levels") ?? 0)" }),
        ("reason", { String($0.text("reason").prefix(40)) }), ("opened", { SpokenTime.local($0.text("createdAt")) }),
    ]
}

/// The path of a request that is not sent yet, in words.
enum PathText {
    static func text(_ path: JSON) -> String {
        var lines = ["Flow “\(path.text("flowName"))”, risk \(path.text("risk"))"]
        lines += path.list("because").compactMap(\.text).map { "  because: \($0)" }
        for reason in path.list("riskReasons") { lines.append("  risk: \(self.reason(reason))") }
        if path.bool("approvesItself") {
            lines.append("Nobody has to be asked: it is approved at once.")
        } else {
            lines.append("Who decides\(path.bool("parallel") ? ", all levels at once" : ""):")
            for (index, level) in path.list("levels").enumerated() {
                lines.append("  \(index + 1). \(self.level(level))")
                lines += level.list("seats").map { "       \(seat($0))" }
            }
        }
        if let unused = path.int("unusedAfterSeconds") {
            lines.append("Access that nobody uses ends after \(SpokenTime.words(unused)).")
        }
        lines.append("Nothing was sent.")
        return lines.map(\.oneLine).joined(separator: "\n")
    }

    private static func level(_ level: JSON) -> String {
        "\(level.text("name")): \(level.int("quorum") ?? 1) of these, by \(SpokenTime.local(level.text("latest")))"
            + (level.bool("needsPasskey") ? ", with a passkey" : "") + TicketText.comment(level, ", ")
            + (level.text("lapse").isEmpty ? "" : "; without an answer it is \(level.text("lapse"))")
    }

    private static func seat(_ seat: JSON) -> String {
        let detail = seat.text("detail")
        return "\(seat.text("user", "name")), by \(seat.text("reason"))\(detail.isEmpty ? "" : " \(detail)")"
    }

    private static func reason(_ reason: JSON) -> String {
        reason.text
            ?? [reason.text("code"), reason.text("detail"), reason.text("text")].filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
