import FoundationEssentials
import GatewayContract
import Kernel

/// Requests in words, for a terminal of a width. Everything that people wrote is without control characters here.
struct RequestText {
    let speech: Speech
    let columns: Int
    let now: Date

    // MARK: A request

    /// One line of a list.
    func row(_ card: RequestCard, number: Int) -> String {
        let who = card.isOwn ? "" : Texts.line(card.requester) + ": "
        let rest = "\(who)\(subject(card))  \(standing(card))  “\(Texts.line(card.reason))”"
        return DisplayWidth.fit(" \(number)  #\(card.number)  \(rest)", max(20, columns) - 1) + "\n"
    }

    /// What it is about, shortly.
    private func subject(_ card: RequestCard) -> String {
        func values(_ label: String) -> String {
            card.facts.first { $0.label == label }?.values.map { Texts.line($0) }.joined(separator: ", ") ?? ""
        }
        let (assets, accounts) = (values("assets"), values("accounts"))
        let what =
            switch card.kind {
            case "access", "extension", "break-glass", "connect", "secret":
                accounts.isEmpty ? assets : "\(accounts)@\(assets)"
            case "role": values("role")
            case "sign-in": values("login")
            case "command": values("command")
            default: values("subject")
            }
        return card.kind == "access" ? what : "\(kind(card)) \(what)"
    }

    /// Where it stands, in a few words.
    func standing(_ card: RequestCard) -> String {
        guard card.isOpen else { return state(card.state) }
        let left = speech.span(card.deadline.timeIntervalSince(now))
        return speech("open, \(left) left", "待审批，还剩 \(left)")
    }

    /// All of it: what is asked for, why, and how far it has come.
    func card(_ card: RequestCard) -> String {
        let who = card.isOwn ? speech("you", "您") : Texts.line(card.requester)
        var text = wrap(
            "#\(card.number)  \(kind(card))  \(speech("from", "申请人")) \(who)  "
                + "\(speech("risk", "风险")) \(risk(card.risk))  \(state(card.state))")
        // All of it: whoever approves does so of what they have read.
        let facts = card.facts.map { (label($0), values($0).joined(separator: speech(", ", "、"))) }
        for (label, value) in facts + [(speech("Reason", "理由"), Texts.line(card.reason))] {
            let head = "  " + DisplayWidth.fit(label, 10) + "  "
            text += wrap(value, first: head, indent: 14)
        }
        for (index, level) in card.levels.enumerated() { text += self.level(level, index + 1, card) }
        return text + wrap(Texts.line(card.url), first: "  ", indent: 2)
    }

    private func level(_ level: RequestLevel, _ number: Int, _ card: RequestCard) -> String {
        let people = names(level.people, more: level.more)
        let quorum = level.quorum > 1 ? speech(" (\(level.quorum) have to agree)", "（需 \(level.quorum) 人同意）") : ""
        let passkey = level.needsPasskey ? speech(" (with a passkey)", "（需通行密钥）") : ""
        let where_ =
            if level.isPassed {
                speech("done", "已通过")
            } else if level.isOpen, card.isOpen {
                speech("waits for \(people)", "等待 \(people)")
            } else {
                speech("then \(people)", "之后 \(people)")
            }
        var text = wrap(
            "\(Texts.line(level.name))\(quorum)\(passkey): \(where_)", first: "  \(number). ", indent: 5)
        for answer in level.answers {
            let behalf = answer.onBehalfOf.map { speech(" for \(Texts.line($0))", "（代 \(Texts.line($0))）") } ?? ""
            let word = answer.isApproval ? speech("approved", "已批准") : speech("rejected", "已拒绝")
            let comment = answer.comment.isEmpty ? "" : ": \(Texts.line(answer.comment))"
            let ago = speech.span(now.timeIntervalSince(answer.at))
            text += wrap(
                "\(Texts.line(answer.name))\(behalf) \(word) \(speech("\(ago) ago", "\(ago)前"))\(comment)",
                first: "     ", indent: 7)
            if !answer.changes.isEmpty {
                let changes = answer.changes.map(change).joined(separator: speech("; ", "；"))
                text += wrap(speech("narrowed it: \(changes)", "缩小了申请：\(changes)"), first: "       ", indent: 9)
            }
        }
        return text
    }

    /// What somebody took away: of a list what is missing, of anything else what it was and what it is.
    private func change(_ change: RequestChange) -> String {
        let (name, comma) = (label(change.before), speech(", ", "、"))
        let (old, new) = (values(change.before), values(change.after))
        let gone = old.filter { !new.contains($0) }
        guard old.count > 1, gone.count == old.count - new.count else {
            return "\(name) \(old.joined(separator: comma)) → \(new.joined(separator: comma))"
        }
        let list = gone.joined(separator: comma)
        return speech("\(name) without \(list)", "\(name)去掉 \(list)")
    }

    // MARK: A path

    /// The way that a request would go.
    func path(_ path: RequestPath) -> String {
        if path.approvesItself {
            return wrap(
                speech(
                    "Nobody has to be asked: the flow “\(Texts.line(path.flow))” approves this at once.",
                    "无需审批：流程“\(Texts.line(path.flow))”会立即批准。"))
        }
        var text = wrap(
            speech(
                "Risk \(risk(path.risk)), flow “\(Texts.line(path.flow))”. Who decides"
                    + (path.isParallel ? ", all at once:" : ":"),
                "风险\(risk(path.risk))，流程“\(Texts.line(path.flow))”。审批人" + (path.isParallel ? "（同时审批）：" : "：")))
        for (index, level) in path.levels.enumerated() {
            let quorum =
                level.quorum == 1 ? speech("one of", "其中一人：") : speech("\(level.quorum) of", "其中 \(level.quorum) 人：")
            let passkey = level.needsPasskey ? speech(", with a passkey", "，需通行密钥") : ""
            let latest = speech.span(level.latest.timeIntervalSince(now))
            text += wrap(
                "\(Texts.line(level.name)): \(quorum) \(names(level.people, more: level.more))\(passkey), "
                    + speech("within \(latest)", "\(latest)内"), first: "  \(index + 1). ", indent: 5)
        }
        return text
    }

    // MARK: Words

    func refused(_ refused: RequestRefused) -> String {
        var text = ""
        for line in Texts.lines(refused.text).split(separator: "\n") { text += wrap(String(line)) }
        return refused.url.isEmpty ? text : text + wrap(Texts.line(refused.url), first: "  ", indent: 2)
    }

    func names(_ people: [String], more: Int) -> String {
        guard !people.isEmpty else { return speech("an approver", "审批人") }
        let shown = people.prefix(5).map { Texts.line($0) }.joined(separator: speech(", ", "、"))
        let rest = more + max(0, people.count - 5)
        return rest == 0 ? shown : shown + speech(" and \(rest) more", " 等另外 \(rest) 人")
    }

    func state(_ state: String) -> String {
        switch state {
        case "open": speech("open", "待审批")
        case "approved": speech("approved", "已批准")
        case "rejected": speech("rejected", "已拒绝")
        case "withdrawn": speech("taken back", "已撤回")
        case "expired": speech("expired", "已过期")
        default: Texts.line(state)
        }
    }

    private func word(_ word: Wording) -> String { Texts.line(speech(word.english, word.chinese)) }
    private func kind(_ card: RequestCard) -> String { card.kindName.map(word) ?? Texts.line(card.kind) }
    private func label(_ fact: RequestFact) -> String { fact.name.map(word) ?? Texts.line(fact.label) }

    private func risk(_ risk: String) -> String {
        switch risk {
        case "low": speech("low", "低")
        case "medium": speech("medium", "中")
        case "high": speech("high", "高")
        default: Texts.line(risk)
        }
    }

    private func values(_ fact: RequestFact) -> [String] {
        fact.values.map { value in
            switch fact.form {
            case .text:
                fact.words.first { $0.value == value }.map { word($0.name) }
                    ?? Texts.line(value.replacing("\n", with: " ⏎ "))
            case .seconds: Int(value).map(speech.length) ?? Texts.line(value)
            case .time: Self.minute(value)
            }
        }
    }

    /// A moment to the minute. The terminal's zone is unknown here, so it is told in UTC.
    private static func minute(_ text: String) -> String {
        let line = Texts.line(text)
        guard line.utf8.count >= 17, line.utf8.allSatisfy({ $0 < 0x80 }), line.hasSuffix("Z") else { return line }
        return "\(line.prefix(10)) \(line.dropFirst(11).prefix(5)) UTC"
    }

    func wrap(_ text: String, first: String = "", indent: Int = 0) -> String {
        Lines.wrap(text, columns: columns, first: first, indent: indent)
    }
}
