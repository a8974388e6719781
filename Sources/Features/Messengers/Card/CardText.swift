import FoundationEssentials
import Kernel

/// What is written on cards, in one language.
struct CardText: Sendable, Hashable {
    let language: CardLanguage

    init(_ language: CardLanguage) {
        self.language = language
    }

    private func say(_ english: String, _ chinese: String) -> String {
        language == .chinese ? chinese : english
    }

    var approve: String { say("Approve", "批准") }
    var reject: String { say("Reject", "拒绝") }
    var comment: String { say("Comment", "附言") }
    var open: String { say("Open in the portal", "在门户中打开") }
    var requester: String { say("Requester", "申请人") }
    var reason: String { say("Reason", "理由") }
    var risk: String { say("Risk", "风险") }
    var deadline: String { say("To be decided by", "截止时间") }
    var sure: String { say("Are you sure?", "确定吗？") }
    var cancel: String { say("Cancel", "取消") }
    var send: String { say("Send", "提交") }
    var passkey: String {
        say("Approving this takes a passkey: open it in the portal.", "批准此申请需要通行密钥，请在门户中操作。")
    }
    var approveInPortal: String { say("Approve it in the portal.", "请在门户中批准。") }
    var trial: String {
        say("This is a test: cards about requests will arrive here.", "这是一条测试消息：审批卡片将发送到这里。")
    }

    func title(_ card: ApprovalCard) -> String {
        say("Request #\(card.number): \(kind(card.kind))", "申请 #\(card.number)：\(kind(card.kind))")
    }

    func confirm(isApproval: Bool, _ card: ApprovalCard) -> String {
        isApproval
            ? say("Approve request #\(card.number)?", "批准申请 #\(card.number)？")
            : say("Reject request #\(card.number)?", "拒绝申请 #\(card.number)？")
    }

    func kind(_ kind: String) -> String {
        switch kind {
        case "access": say("access", "访问")
        case "extension": say("longer access", "延长访问")
        case "role": say("role", "角色")
        case "secret": say("secret check-out", "借用凭据")
        case "break-glass": say("emergency access", "紧急访问")
        case "sign-in": say("sign-in", "登录复核")
        case "connect": say("connection", "连接复核")
        case "command": say("command", "命令复核")
        case "general": say("general", "通用")
        default: CardText.line(kind, 40)
        }
    }

    func state(_ state: ApprovalCard.State) -> String {
        switch state {
        case .open: say("Waiting for a decision", "等待审批")
        case .approved: say("Approved", "已批准")
        case .rejected: say("Rejected", "已拒绝")
        case .withdrawn: say("Withdrawn", "已撤回")
        case .expired: say("Expired", "已过期")
        }
    }

    /// The word for a fact's label; a label that has none stands as it is.
    func label(_ label: String) -> String {
        switch label {
        case "assets": say("Assets", "资产")
        case "nodes": say("Nodes", "节点")
        case "accounts": say("Accounts", "账号")
        case "protocols": say("Protocols", "协议")
        case "actions": say("Actions", "操作")
        case "starts": say("From", "开始")
        case "ends": say("Until", "结束")
        case "window": say("Window", "时间段")
        case "duration": say("Duration", "时长")
        case "grant": say("Access", "授权")
        case "flow": say("Flow", "流程")
        case "content": say("Content", "内容")
        case "role", "roles": say("Role", "角色")
        case "account": say("Account", "账号")
        case "secret": say("Secret", "凭据")
        case "asset": say("Asset", "资产")
        case "command": say("Command", "命令")
        case "login": say("Login", "登录名")
        case "client-address": say("From address", "来源地址")
        case "entrance": say("Through", "入口")
        case "rule": say("Rule", "规则")
        case "title": say("Subject", "主题")
        case "text": say("Text", "内容")
        default: CardText.line(label, 40)
        }
    }

    /// What a fact says, on one line.
    func value(_ fact: ApprovalFact) -> String {
        let shown = fact.values.prefix(20).map { value -> String in
            switch fact.form {
            case .text: fact.label == "secret" ? secret(value) : CardText.line(value, 100)
            case .seconds: Int(value).map(duration) ?? CardText.line(value, 100)
            case .time: Timestamp.parse(value).map(moment) ?? CardText.line(value, 100)
            }
        }
        let more = fact.values.count > 20 ? [say("and \(fact.values.count - 20) more", "等 \(fact.values.count) 项")] : []
        return CardText.line((shown + more).joined(separator: say(", ", "、")), 600)
    }

    /// What an account proves itself with.
    private func secret(_ form: String) -> String {
        switch form {
        case "password": say("password", "密码")
        case "ssh-key": say("private key", "私钥")
        default: CardText.line(form, 100)
        }
    }

    /// Whole days, hours and minutes.
    func duration(_ seconds: Int) -> String {
        let parts = [
            (seconds / 86_400, say("d", " 天")), (seconds / 3600 % 24, say("h", " 小时")),
            (seconds / 60 % 60, say("min", " 分钟")),
        ]
        let said = parts.filter { $0.0 > 0 }.map { "\($0.0)\(say(" ", ""))\($0.1)" }
        return said.isEmpty ? say("\(seconds) s", "\(seconds) 秒") : said.joined(separator: " ")
    }

    /// The path so far, one line for each level.
    func path(_ card: ApprovalCard) -> [String] {
        card.levels.map { level in
            let name =
                level.name.isEmpty ? say("Level \(level.number)", "第 \(level.number) 级") : CardText.line(level.name, 60)
            let answers = level.answers.map { answer in
                let who = CardText.line(answer.name, 60)
                let behalf = answer.onBehalfOf.map {
                    let other = CardText.line($0, 60)
                    return say(" for \(other)", "（代 \(other)）")
                }
                return answer.isApproval
                    ? say("approved by \(who)\(behalf ?? "")", "\(who)\(behalf ?? "") 已批准")
                    : say("rejected by \(who)\(behalf ?? "")", "\(who)\(behalf ?? "") 已拒绝")
            }
            let waits = level.isOpen && card.state == .open ? [say("waiting", "等待中")] : []
            let all = answers + waits
            let said = all.isEmpty ? say("not yet", "尚未开始") : all.joined(separator: say("; ", "；"))
            return "\(level.number). \(name)\(say(": ", "："))\(said)"
        }
    }

    /// What who has clicked is told.
    func told(_ outcome: ClickOutcome, _ card: ApprovalCard?) -> String {
        switch outcome {
        case .verdict(.counted, let isApproval):
            isApproval ? say("You have approved it.", "您已批准。") : say("You have rejected it.", "您已拒绝。")
        case .verdict(.alreadyDecided, _), .repeated: decided(card)
        case .verdict(.notYours, _): say("This is not yours to decide.", "您无权审批此申请。")
        case .verdict(.own, _): say("Nobody decides their own request.", "不能审批自己的申请。")
        case .verdict(.changed, _):
            say("The request has changed; the card shows what it is now. Look again.", "申请内容已变更，卡片已更新，请重新查看。")
        case .verdict(.needsPasskey, _): passkey
        case .unlinked:
            say(
                "Nobody here is linked to your account. Bind it in your profile in the portal.",
                "您的账号尚未绑定，请先在门户的个人资料中绑定。")
        case .unknown: say("There is no such request.", "该申请不存在。")
        case .form: ""
        case .underWay: say("This takes a moment: the card will show what came of it.", "正在处理，结果稍后会显示在卡片上。")
        case .busy: say("This cannot be done right now. Try again in a moment.", "系统繁忙，请稍后再试。")
        }
    }

    /// Who has decided before.
    private func decided(_ card: ApprovalCard?) -> String {
        guard let card else { return say("It was decided already.", "该申请已处理。") }
        let last = card.levels.flatMap(\.answers).last.map { CardText.line($0.name, 60) }
        guard let last else {
            return card.state == .open
                ? state(.open) : say("It is over: \(state(card.state)).", "\(state(card.state))。")
        }
        return say("Already decided by \(last): \(state(card.state)).", "已由 \(last) 处理：\(state(card.state))。")
    }

    /// A moment as cards show it; they cannot know where they are read, so it says the zone.
    func moment(_ date: Date) -> String {
        String(Timestamp.text(date).prefix(16)).replacing("T", with: " ") + " UTC"
    }

    /// Somebody's words on one line of at most so many characters: no control characters, and nothing that turns the
    /// direction of what follows.
    static func line(_ text: String, _ most: Int) -> String {
        cut(String(String.UnicodeScalarView(cleaned(text).map { $0 == "\n" ? " " : $0 })), most)
    }

    /// The same with its line breaks.
    static func lines(_ text: String, _ most: Int) -> String {
        cut(String(String.UnicodeScalarView(cleaned(text))), most)
    }

    private static func cleaned(_ text: String) -> [UnicodeScalar] {
        text.unicodeScalars.compactMap { scalar in
            switch scalar.value {
            case 0x0A: scalar
            case 0x09, 0x0D, 0x85, 0x2028, 0x2029: " "
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
                0xFFF9...0xFFFB, 0xE0000...0xE007F:
                nil
            default: scalar
            }
        }
    }

    /// Between characters as people see them, never inside of one.
    private static func cut(_ text: String, _ most: Int) -> String {
        text.count <= most ? text : String(text.prefix(most - 1)) + "…"
    }
}
