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
        case (.grantRevoked, .english):
            (
                "Your access {{name}} was revoked",
                "It was taken back before its end, and what was open on it is closed.\nReason: {{reason}}"
            )
        case (.grantRevoked, .chinese):
            ("您的访问权限 {{name}} 已被撤销", "该权限已提前收回，相关会话已关闭。\n原因：{{reason}}")
        case (.grantUnused, .english):
            (
                "Your access {{name}} has ended because it was not used",
                "Nobody had used it within the time that is given for that. Ask again when you need it."
            )
        case (.grantUnused, .chinese): ("您的访问权限 {{name}} 因未使用已收回", "该权限在规定时间内未被使用。需要时请重新申请。")
        case (.roleEnded, .english):
            (
                "Your time with the role {{role}} has ended",
                "{{because}}. You had it at {{organization}}. Ask for it again if you still need it."
            )
        case (.roleEnded, .chinese):
            ("您临时获得的角色 {{role}} 已结束", "{{because}}。该角色在 {{organization}} 有效。如仍需使用，请重新申请。")
        case (.delegationCreated, .english):
            (
                "{{deputy}} stands in for {{giver}}",
                "From {{start}} to {{end}}, {{deputy}} may answer requests in the place of {{giver}}.\n{{comment}}\n"
                    + "Either of the two can end it in their profile. If you did not want it, end it, and tell your "
                    + "administrators."
            )
        case (.delegationCreated, .chinese):
            (
                "{{deputy}} 代 {{giver}} 审批",
                "自 {{start}} 至 {{end}}，{{deputy}} 可代 {{giver}} 审批申请。\n{{comment}}\n"
                    + "双方均可在个人资料中结束代理。如非您本意，请结束代理并告知管理员。"
            )
        case (.delegationEnded, .english):
            (
                "{{deputy}} no longer stands in for {{giver}}",
                "Requests that wait for {{giver}} are answered by {{giver}} again. The other of the two has ended it."
            )
        case (.delegationEnded, .chinese):
            ("{{deputy}} 不再代 {{giver}} 审批", "等待 {{giver}} 的申请重新由 {{giver}} 审批。该代理已由对方结束。")
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
        case "objected": isChinese ? "复核未通过，访问已收回" : "objected to, and the access is over"
        case "taken-back": isChinese ? "已被收回" : "It was taken back"
        case "sign-in": isChinese ? "登录" : "being let in"
        default: word
        }
    }

    static func secret(of name: String, _ language: PortalLanguage) -> String {
        language == .chinese ? "\(name) 的凭据" : "the secret of \(name)"
    }

    static func connection(to name: String, _ language: PortalLanguage) -> String {
        language == .chinese ? "连接 \(name)" : "a connection to \(name)"
    }

    static func command(_ command: String, on name: String, _ language: PortalLanguage) -> String {
        language == .chinese ? "在 \(name) 上执行命令 \(command)" : "the command \(command) on \(name)"
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
            "because": .word(type == .secretShown ? "checked-out" : "time-over"),
            "role": .text(isChinese ? "审计员" : "Auditor"), "organization": .text(isChinese ? "示例公司" : "Acme"),
            "giver": .text(isChinese ? "李雷" : "Abe Allen"), "deputy": .text(isChinese ? "王芳" : "Rita Ray"),
            "start": .time(now), "end": .time(now + 3600), "why": .word("failing"),
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
