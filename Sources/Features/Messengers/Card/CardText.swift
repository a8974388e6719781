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
    var tooLong: String {
        say(
            "There is more to it than fits on this card: read and approve it in the portal.",
            "卡片无法显示全部申请内容，请在门户中查看并批准。")
    }
    /// An answer whose words are given in the portal.
    func wordsInPortal(_ isApproval: Bool) -> String {
        isApproval
            ? say("Approving this takes a comment: give both in the portal.", "批准此申请须填写附言，请在门户中操作。")
            : say("Rejecting this takes a comment: give both in the portal.", "拒绝此申请须填写附言，请在门户中操作。")
    }
    /// An answer that takes words here.
    func wordsNeeded(_ isApproval: Bool) -> String {
        isApproval
            ? say("Say in a comment why you approve it.", "批准时须在附言中说明理由。")
            : say("Say in a comment why you reject it.", "拒绝时须在附言中说明理由。")
    }
    var approveInPortal: String { say("Approve it in the portal.", "请在门户中批准。") }
    var trial: String {
        say("This is a test: cards about requests will arrive here.", "这是一条测试消息：审批卡片将发送到这里。")
    }

    func title(_ card: ApprovalCard) -> String {
        say("Request #\(card.number): \(kind(card))", "申请 #\(card.number)：\(kind(card))")
    }

    func confirm(isApproval: Bool, _ card: ApprovalCard) -> String {
        isApproval
            ? say("Approve request #\(card.number)?", "批准申请 #\(card.number)？")
            : say("Reject request #\(card.number)?", "拒绝申请 #\(card.number)？")
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

    private func word(_ word: Wording) -> String { say(word.english, word.chinese) }

    /// The word of the kind; one that has none stands as it is.
    private func kind(_ card: ApprovalCard) -> String { card.kindName.map(word) ?? CardText.line(card.kind, 40) }

    /// How risky it is.
    func risk(_ risk: String) -> String {
        switch risk {
        case "low": say("low", "低")
        case "medium": say("medium", "中")
        case "high": say("high", "高")
        default: CardText.line(risk, 40)
        }
    }

    /// The word for a fact's label; a label that has none stands as it is.
    func label(_ fact: ApprovalFact) -> String { fact.name.map(word) ?? CardText.line(fact.label, 40) }

    /// What a fact says, each on one line.
    func values(_ fact: ApprovalFact) -> [String] {
        fact.values.map { value in
            switch fact.form {
            case .text: fact.words[value].map(word) ?? CardText.line(value.replacing("\n", with: " ⏎ "))
            case .seconds: Int(value).map(duration) ?? CardText.line(value)
            case .time: Timestamp.parse(value).map(moment) ?? CardText.line(value)
            }
        }
    }

    /// What a fact says, on one line of at most so many letters: values that have no room are counted.
    func value(_ fact: ApprovalFact, _ most: Int) -> Fitted {
        let values = values(fact)
        let comma = say(", ", "、")
        let whole = values.joined(separator: comma)
        guard whole.count > most else { return Fitted(whole) }
        var (shown, room) = ([String](), most - 24)
        for value in values {
            room -= value.count + comma.count
            if room < 0 { break }
            shown.append(value)
        }
        let left = values.count - shown.count
        guard !shown.isEmpty else { return Fitted(CardText.line(whole, most), isWhole: false) }
        let text = shown.joined(separator: comma)
        return Fitted(say("\(text) and \(left) more", "\(text)等 \(values.count) 项"), isWhole: false)
    }

    /// What is asked for, line by line: so many of them, with so many letters for what each says.
    func facts(_ card: ApprovalCard, _ count: Int, letters: Int) -> (lines: [CardLine], isWhole: Bool) {
        let all = card.facts.map { CardLine(name: label($0), value: value($0, letters)) }
        let isWhole = all.allSatisfy(\.value.isWhole)
        guard all.count > count else { return (all, isWhole) }
        let more = say("and \(all.count - count + 1) more", "另有 \(all.count - count + 1) 项")
        return (all.prefix(count - 1) + [CardLine(name: "…", value: Fitted(more, isWhole: false))], false)
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

    /// The path so far: one line for each level, and one for each answer by which the request has become smaller.
    func path(_ card: ApprovalCard) -> [String] {
        card.levels.flatMap { level -> [String] in
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
            return ["\(level.number). \(name)\(say(": ", "："))\(said)"] + level.answers.compactMap(narrowing)
        }
    }

    /// What somebody took away with their answer.
    private func narrowing(_ answer: ApprovalAnswer) -> String? {
        guard !answer.changes.isEmpty else { return nil }
        let who = CardText.line(answer.name, 60)
        let what = answer.changes.map(change).joined(separator: say("; ", "；"))
        return say("– \(who) has narrowed it: \(what)", "– \(who) 缩小了申请：\(what)")
    }

    /// Of a list what is missing, or how much; of anything else what it was and what it is.
    private func change(_ change: ApprovalChange) -> String {
        let (name, comma) = (label(change.before), say(", ", "、"))
        let (old, new) = (values(change.before), values(change.after))
        let gone = old.filter { !new.contains($0) }
        guard old.count > 1, gone.count == old.count - new.count else {
            let (was, isNow) = (CardText.line(old.joined(separator: comma), 120), new.joined(separator: comma))
            return "\(name) \(was) → \(CardText.line(isNow, 120))"
        }
        let list = gone.joined(separator: comma)
        return list.count <= 200
            ? say("\(name) without \(list)", "\(name)去掉 \(list)")
            : say("\(name) fewer by \(gone.count)", "\(name)减少 \(gone.count) 项")
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
        case .verdict(.tooLong, _): tooLong
        case .verdict(.needsComment, _):
            say(
                "Nothing was decided: this level asks why. Write a comment and answer again, or answer in the portal.",
                "尚未处理：此级审批须填写附言。请填写附言后再提交，或在门户中审批。")
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
    static func line(_ text: String, _ most: Int = .max) -> String {
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
