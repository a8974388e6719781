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
        return card.kind == "access" ? what : "\(kind(card.kind)) \(what)"
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
            "#\(card.number)  \(kind(card.kind))  \(speech("from", "申请人")) \(who)  "
                + "\(speech("risk", "风险")) \(risk(card.risk))  \(state(card.state))")
        let facts = card.facts.prefix(30).map { (label($0.label), values($0)) }
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
        for answer in level.answers.prefix(20) {
            let behalf = answer.onBehalfOf.map { speech(" for \(Texts.line($0))", "（代 \(Texts.line($0))）") } ?? ""
            let word = answer.isApproval ? speech("approved", "已批准") : speech("rejected", "已拒绝")
            let comment = answer.comment.isEmpty ? "" : ": \(Texts.line(answer.comment))"
            let ago = speech.span(now.timeIntervalSince(answer.at))
            text += wrap(
                "\(Texts.line(answer.name))\(behalf) \(word) \(speech("\(ago) ago", "\(ago)前"))\(comment)",
                first: "     ", indent: 7)
        }
        return text
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

    private func kind(_ kind: String) -> String {
        switch kind {
        case "access": speech("Access", "访问申请")
        case "extension": speech("More time", "延长访问")
        case "role": speech("Role", "角色申请")
        case "secret": speech("Secret", "借用凭据")
        case "break-glass": speech("Emergency access", "紧急访问")
        case "sign-in": speech("Sign-in", "登录审核")
        case "connect": speech("Connection", "连接审核")
        case "command": speech("Command", "命令审核")
        case "general": speech("Request", "通用申请")
        default: Texts.line(kind)
        }
    }

    private func risk(_ risk: String) -> String {
        switch risk {
        case "low": speech("low", "低")
        case "medium": speech("medium", "中")
        case "high": speech("high", "高")
        default: Texts.line(risk)
        }
    }

    private func label(_ label: String) -> String {
        switch label {
        case "assets": speech("Assets", "资产")
        case "accounts": speech("Accounts", "账号")
        case "actions": speech("To do", "操作")
        case "starts": speech("From", "开始")
        case "duration": speech("For", "时长")
        case "ends-now": speech("Ends now", "现结束于")
        case "ends-then": speech("New end", "延长至")
        case "extended": speech("Grant", "授权")
        case "renews": speech("Renews", "续期")
        case "role": speech("Role", "角色")
        case "secret": speech("Secret", "凭据")
        case "organization": speech("Where", "组织")
        case "subject": speech("Subject", "主题")
        case "break-glass-rule", "rule": speech("By rule", "规则")
        case "login": speech("Login", "登录名")
        case "client-address": speech("From address", "来源地址")
        case "entrance": speech("Through", "入口")
        case "command": speech("Command", "命令")
        default: Texts.line(label)
        }
    }

    private func values(_ fact: RequestFact) -> String {
        let values = fact.values.prefix(20).map { value in
            switch fact.form {
            case .text: Texts.line(value)
            case .seconds: Int(value).map(speech.length) ?? Texts.line(value)
            case .time: Self.minute(value)
            }
        }
        let rest = fact.values.count - values.count
        return values.joined(separator: ", ") + (rest > 0 ? speech(" and \(rest) more", " 等另外 \(rest) 项") : "")
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
