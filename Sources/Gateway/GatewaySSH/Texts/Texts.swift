import FoundationEssentials
import GatewayContract
import Kernel
import SSH

/// What the gateway says to people, and how it keeps what others say from harming their terminals.
enum Texts {
    /// One line, without control characters.
    static func line(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : " " }))
    }

    /// Several lines, each without control characters.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) }.joined(separator: "\n")
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        // Marks that turn the direction of text around can make a name read as another one.
        case .format: scalar.value == 0x200D
        default: true
        }
    }

    /// Text as a terminal wants it: lines end in carriage return and line feed.
    static func terminal(_ text: String) -> [UInt8] {
        Array(text.replacing("\n", with: "\r\n").utf8)
    }

    /// A refusal with its reasons, what was asked for already, and the way to ask.
    static func refusal(
        of target: String, _ refused: SessionRefused, _ speech: Speech = .english, now: Date = Date()
    ) -> String {
        var text = speech(
            "Gatehouse: no access to \(line(target)): ", "Gatehouse：无法访问 \(line(target))：")
        text += lines(refused.text) + "\n"
        let reasons = refused.reasons.prefix(20)
        // In another language the first reason is told again, with its name.
        for reason in reasons where speech.isChinese || reason.text != refused.text {
            let name = speech.isChinese ? chineseReasons[reason.code].map { "\($0)：" } ?? "" : ""
            text += "  - \(name)\(line(reason.text))\n"
        }
        guard let request = refused.request else { return text }
        if let open = request.open {
            text += already(open, speech, now) + "\n"
            return request.url.isEmpty ? text : text + "  \(line(request.url))\n"
        }
        text += speech("To ask for access:\n", "申请访问：\n")
        if !request.command.isEmpty { text += "  \(line(request.command))\n" }
        if !request.url.isEmpty { text += "  \(line(request.url))\n" }
        return text
    }

    private static func already(_ open: OpenRequest, _ speech: Speech, _ now: Date) -> String {
        let names = open.people.prefix(5).map { line($0) }.joined(separator: speech(", ", "、"))
        let since = speech.span(now.timeIntervalSince(open.since))
        let left = speech.span(open.deadline.timeIntervalSince(now))
        let people = names.isEmpty ? speech("an approver", "审批人") : names
        return speech(
            "You have asked for this \(since) ago: request #\(open.number) waits for \(people), \(left) at most.",
            "您已在 \(since)前申请：#\(open.number) 正等待 \(people) 审批，最多还需 \(left)。")
    }

    private static let chineseReasons = [
        "no-grant": "没有授权", "grant-revoked": "授权已被撤销", "grant-ended": "授权已到期",
        "grant-not-started": "授权尚未生效", "outside-hours": "不在允许的时段内", "other-account": "授权针对其他账号",
        "other-protocol": "授权不含此协议", "other-action": "授权不含此操作", "denied": "被规则禁止",
        "no-such-account": "该资产没有此账号", "asset-disabled": "资产已停用", "user-disabled": "您的账户已停用",
        "tenant-inactive": "组织已暂停", "unknown-target": "没有您可访问的此资产", "account-needed": "请指定账号",
        "host-key-missing": "主机密钥尚未确认", "secret-missing": "没有保存该账号的凭据",
    ]

    /// Somebody has to decide first.
    static func waiting(for target: String, _ wait: SessionWait, _ speech: Speech = .english) -> String {
        speech(
            "Gatehouse: \(line(target)) needs a decision first (\(wait.ticket.text)): \(lines(wait.text))\n"
                + "Connect again once it is made.\n",
            "Gatehouse：\(line(target)) 需要先审批（\(wait.ticket.text)）：\(lines(wait.text))\n批准后请重新连接。\n")
    }

    static func ended(_ reason: EndReason, _ text: String) -> String {
        "Gatehouse: this session has ended (\(reason.rawValue)): \(lines(text))\n"
    }

    static func notAvailable(_ what: RefusedRequest, _ speech: Speech = .english) -> String {
        speech(
            "Gatehouse: \(what.rawValue) is not available through this gateway.\n",
            "Gatehouse：此网关不提供 \(what.rawValue)。\n")
    }

    static let noFiles =
        "Gatehouse: file transfer by SFTP is not available through this gateway; ask your administrator for another way."
}
