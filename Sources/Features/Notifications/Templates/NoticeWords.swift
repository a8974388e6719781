import FoundationEssentials
import Tenancy

/// The product's own words of each notice, in each language; companies may put theirs in their place.
enum NoticeWords {
    /// Title and text of a type, without what a way adds.
    private static func words(_ type: NoticeType, _ language: PortalLanguage) -> (title: String, body: String) {
        switch (type, language) {
        case (.decisionNeeded, .english):
            (
                "Request #{{number}} of {{requester}} waits for you",
                "{{requester}} asks for {{what}}.\nReason: {{reason}}\nDecide until {{deadline}}."
            )
        case (.decisionNeeded, .chinese):
            (
                "{{requester}} 的申请 #{{number}} 等待您审批",
                "{{requester}} 申请 {{what}}。\n理由：{{reason}}\n请在 {{deadline}} 前审批。"
            )
        case (.decided, .english):
            ("Your request #{{number}} is {{outcome}}", "{{what}}: {{outcome}}.\n{{comment}}")
        case (.decided, .chinese): ("您的申请 #{{number}} {{outcome}}", "{{what}}：{{outcome}}。\n{{comment}}")
        case (.reminder, .english):
            (
                "Request #{{number}} still waits for you",
                "{{requester}} asks for {{what}} and still waits.\nReason: {{reason}}\nDecide until {{deadline}}."
            )
        case (.reminder, .chinese):
            (
                "申请 #{{number}} 仍在等待您审批",
                "{{requester}} 申请 {{what}}，仍在等待。\n理由：{{reason}}\n请在 {{deadline}} 前审批。"
            )
        case (.escalated, .english):
            (
                "Request #{{number}} was passed on to you",
                "Nobody has decided about a request of {{requester}} for {{what}}.\nReason: {{reason}}\n"
                    + "Decide until {{deadline}}."
            )
        case (.escalated, .chinese):
            (
                "申请 #{{number}} 已升级给您",
                "{{requester}} 申请 {{what}}，尚无人审批。\n理由：{{reason}}\n请在 {{deadline}} 前审批。"
            )
        case (.comment, .english): ("{{by}} commented on request #{{number}}", "{{comment}}")
        case (.comment, .chinese): ("{{by}} 评论了申请 #{{number}}", "{{comment}}")
        case (.copy, .english):
            (
                "For your information: request #{{number}} of {{requester}}",
                "{{requester}} asks for {{what}}: {{state}}.\nReason: {{reason}}"
            )
        case (.copy, .chinese):
            ("抄送：{{requester}} 的申请 #{{number}}", "{{requester}} 申请 {{what}}：{{state}}。\n理由：{{reason}}")
        case (.grantEndingSoon, .english):
            ("Your access {{name}} ends soon", "It ends at {{end}}. Ask for an extension if you need it for longer.")
        case (.grantEndingSoon, .chinese): ("您的访问权限 {{name}} 即将到期", "将于 {{end}} 到期。如需继续使用，请申请延期。")
        case (.grantEnded, .english): ("Your access {{name}} has ended", "Ask again if you still need it.")
        case (.grantEnded, .chinese): ("您的访问权限 {{name}} 已到期", "如仍需使用，请重新申请。")
        case (.secretShown, .english):
            (
                "{{who}} has seen the secret of {{account}} on {{asset}}",
                "{{who}} has seen the secret of {{account}} on {{asset}}: {{because}}."
            )
        case (.secretShown, .chinese):
            (
                "{{who}} 查看了 {{asset}} 上 {{account}} 的凭据",
                "{{who}} 查看了 {{asset}} 上 {{account}} 的凭据：{{because}}。"
            )
        case (.secretKnown, .english):
            (
                "The secret of {{account}} on {{asset}} should be changed",
                "{{who}} was shown it, and their time with it is over. They know it until it is changed."
            )
        case (.secretKnown, .chinese):
            (
                "{{asset}} 上 {{account}} 的凭据应当更换",
                "{{who}} 查看过该凭据，借用现已结束。在更换之前，其仍然知晓该凭据。"
            )
        case (.secretEndingSoon, .english):
            (
                "Your time with the secret of {{account}} on {{asset}} ends soon",
                "It ends at {{end}}. Ask for it again if you need it for longer."
            )
        case (.secretEndingSoon, .chinese):
            ("您借用的 {{asset}} 上 {{account}} 的凭据即将到期", "将于 {{end}} 到期。如需继续使用，请重新申请。")
        case (.secretEnded, .english):
            (
                "Your time with the secret of {{account}} on {{asset}} has ended",
                "{{because}}. Ask for it again if you still need it."
            )
        case (.secretEnded, .chinese):
            ("您对 {{asset}} 上 {{account}} 的凭据的借用已结束", "{{because}}。如仍需使用，请重新申请。")
        case (.breakGlass, .english):
            (
                "Emergency access by {{requester}}",
                "{{requester}} has taken emergency access to {{what}} (#{{number}}).\nReason: {{reason}}\n"
                    + "It has to be reviewed within a day."
            )
        case (.breakGlass, .chinese):
            (
                "{{requester}} 使用了紧急访问",
                "{{requester}} 对 {{what}} 使用了紧急访问（#{{number}}）。\n理由：{{reason}}\n须在一天内完成复核。"
            )
        case (.unreviewed, .english):
            (
                "Nobody has reviewed the emergency access of {{requester}}",
                "{{requester}} took emergency access to {{what}} (#{{number}}), and the day for its review is over.\n"
                    + "Reason: {{reason}}"
            )
        case (.unreviewed, .chinese):
            (
                "{{requester}} 的紧急访问尚未复核",
                "{{requester}} 对 {{what}} 使用了紧急访问（#{{number}}），复核期限已过。\n理由：{{reason}}"
            )
        case (.webhookDisabled, .english):
            ("The webhook {{name}} is disabled", "It gets no events any more: {{why}}.")
        case (.webhookDisabled, .chinese): ("Webhook {{name}} 已停用", "它不再接收事件：{{why}}。")
        case (.signInNoticed, .english):
            ("{{who}} has signed in", "From {{address}}. The rule {{rule}} asks to tell you of it.")
        case (.signInNoticed, .chinese): ("{{who}} 已登录", "来自 {{address}}。规则 {{rule}} 要求通知您。")
        case (.announcement, _): ("{{title}}", "{{text}}")
        default: ("{{company}}", "{{link}}")
        }
    }

    /// What a way makes of them.
    static func standard(_ type: NoticeType, _ channel: NoticeChannel, _ language: PortalLanguage) -> TemplateWords {
        let (title, body) = words(type, language)
        switch channel.worded {
        case .mail:
            let hello = language == .chinese ? "{{person}}，您好：" : "Hello {{person}},"
            return TemplateWords(title: "{{company}}: " + title, body: "\(hello)\n\n\(body)\n\n{{link}}\n")
        case .sms: return TemplateWords(title: "", body: "{{company}}: \(title) {{link}}")
        // Chats have a way of their own to lead where the notice leads.
        default: return TemplateWords(title: title, body: body)
        }
    }

    /// The words of ours that a notice may have as a value.
    static func word(_ word: String, _ language: PortalLanguage) -> String {
        let isChinese = language == .chinese
        return switch word {
        case "open": isChinese ? "审批中" : "open"
        case "approved": isChinese ? "已批准" : "approved"
        case "rejected": isChinese ? "已拒绝" : "rejected"
        case "withdrawn": isChinese ? "已撤回" : "withdrawn"
        case "expired": isChinese ? "已过期" : "expired without a decision"
        case "gone": isChinese ? "接收方回应其已不存在（410）" : "its receiver answered that it is gone (410)"
        case "failing": isChinese ? "连续数天发送失败" : "it has failed for days"
        case "checked-out": isChinese ? "经申请批准后借出" : "checked out by a request"
        case "revealed": isChinese ? "以管理员身份" : "as an administrator"
        case "time-over": isChinese ? "时间已到" : "Its time is over"
        case "given-back": isChinese ? "您已归还" : "You gave it back"
        case "taken-back": isChinese ? "已被收回" : "It was taken back"
        case "sign-in": isChinese ? "登录" : "being let in"
        default: word
        }
    }

    static func secret(of name: String, _ language: PortalLanguage) -> String {
        language == .chinese ? "\(name) 的凭据" : "the secret of \(name)"
    }

    /// The title of a digest and what stands before and behind its notices.
    static func digest(_ count: Int, company: String, _ language: PortalLanguage) -> String {
        language == .chinese ? "\(company)：\(count) 条通知" : "\(company): \(count) \(count == 1 ? "notice" : "notices")"
    }

    /// Values with which a template is shown before there are any.
    static func samples(_ type: NoticeType, _ language: PortalLanguage, at now: Date) -> [String: Notice.Value] {
        let isChinese = language == .chinese
        let all: [String: Notice.Value] = [
            "number": .text("1024"), "requester": .text(isChinese ? "王芳" : "Rita Ray"),
            "reason": .text(isChinese ? "磁盘已满" : "The disk is full"), "what": .text("web-1 (root)"),
            "deadline": .time(now + 86_400), "outcome": .word("approved"), "state": .word("open"),
            "comment": .lines(isChinese ? "请在完成后告知。" : "Please tell us when you are done."),
            "by": .text(isChinese ? "李雷" : "Abe Allen"), "name": .text(isChinese ? "数据库维护" : "Database work"),
            "account": .text("root"), "asset": .text("db-1"),
            "because": .word(type == .secretEnded ? "time-over" : "checked-out"),
            "end": .time(now + 3600), "why": .word("failing"),
            "who": .text(isChinese ? "王芳 (fang)" : "Rita Ray (rita)"), "address": .text("203.0.113.7"),
            "rule": .text(isChinese ? "办公室以外" : "Outside of the office"),
            "title": .text(isChinese ? "周六维护" : "Maintenance on Saturday"),
            "text": .lines(
                isChinese ? "周六 02:00 至 04:00 系统维护。" : "The system is maintained on Saturday, 02:00 to 04:00."),
        ]
        return all.filter { type.parameters.contains($0.key) }
    }
}

/// A title and a text with their places, as people write them.
struct TemplateWords: Sendable, Hashable {
    var title: String
    var body: String
}
