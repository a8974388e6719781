import FoundationEssentials
import GatewayContract
import Kernel

/// What the menu shows and what a typed line means: a value without input or output of its own.
struct MenuState {
    enum Action: Equatable {
        /// Load a page of what matches.
        case load(words: String, page: Int)
        case open(MenuTarget)
        /// Show this and ask again.
        case show(String)
        /// Ask for access to something, search words first if there are any.
        case ask
        /// Take emergency access.
        case emergency
        /// Requests of one's own, or those that wait for one.
        case requests(RequestView)
        case quit
    }

    private let user: String
    private let tenant: String
    private let portal: String
    private let speech: Speech
    private(set) var words = ""
    private(set) var page = 0
    private var current: TargetsPage?

    init(user: String, tenant: String, portal: String, speech: Speech = .english) {
        self.speech = speech
        self.user = Texts.line(user)
        self.tenant = Texts.line(tenant)
        self.portal = Texts.line(portal)
    }

    static let prompt = "> "

    var title: String { "Gatehouse · \(tenant) · \(user)" }

    /// The page that was asked for has come.
    mutating func loaded(_ page: TargetsPage, words: String, number: Int) {
        current = page
        self.words = words
        self.page = number
    }

    private var pageSize: Int { max(1, current?.pageSize ?? 1) }
    private var pages: Int { max(1, ((current?.total ?? 0) + pageSize - 1) / pageSize) }

    /// What a typed line asks for.
    func action(for line: String) -> Action {
        let text = Texts.line(line).trimmed
        switch text {
        case "": return enter()
        case "q", "quit", "exit": return .quit
        case "?", "h", "help": return .show(help)
        case "r": return .ask
        case "b": return .emergency
        case "w": return .requests(.mine)
        case "d": return .requests(.inbox)
        case "n":
            return page + 1 < pages
                ? .load(words: words, page: page + 1) : .show(speech("This is the last page.\n", "已是最后一页。\n"))
        case "p":
            return page > 0
                ? .load(words: words, page: page - 1) : .show(speech("This is the first page.\n", "已是第一页。\n"))
        case "/": return .load(words: "", page: 0)
        default: break
        }
        if let number = Int(text) {
            let index = number - 1 - page * pageSize
            guard let items = current?.items, items.indices.contains(index) else {
                return .show(speech("There is no number \(number) on this page.\n", "本页没有编号 \(number)。\n"))
            }
            return .open(items[index])
        }
        return .load(words: text.hasPrefix("/") ? String(text.dropFirst()).trimmed : text, page: 0)
    }

    private func enter() -> Action {
        if let items = current?.items, items.count == 1, current?.total == 1 { return .open(items[0]) }
        return .load(words: words, page: page + 1 < pages ? page + 1 : 0)
    }

    // MARK: What is shown

    /// The list of the current page, for a terminal of a width.
    func list(columns: Int, now: Date) -> String {
        guard let current else { return "" }
        let columns = max(20, columns)
        var text = DisplayWidth.fit(title, columns - 1).droppingTrailingSpaces + "\n"
        if current.items.isEmpty {
            text +=
                words.isEmpty
                ? speech(
                    "You have no access to anything yet. Type r to ask, w for your requests, d to decide others', "
                        + "b for emergency access, ?, q.\n",
                    "您目前没有任何访问权限。输入 r 申请，w 查看我的申请，d 审批他人的申请，b 紧急访问，?，q。\n")
                : speech(
                    "Nothing matches “\(words)”. Type / for everything, r to ask for access.\n",
                    "没有匹配“\(words)”的资产。输入 / 显示全部，r 申请访问。\n")
            return wrapped(text, columns)
        }
        let digits = String(page * pageSize + current.items.count).count
        for (index, item) in current.items.enumerated() {
            text += row(item, number: page * pageSize + index + 1, digits: digits, columns: columns, now: now) + "\n"
        }
        let range = "\(page * pageSize + 1)–\(page * pageSize + current.items.count)"
        let shown = speech("\(range) of \(current.total)", "\(range)，共 \(current.total)")
        let turn = pages > 1 ? "n, p, " : ""
        let keys = speech(
            "number, words, \(turn)r ask, w yours, d decide, b emergency, ?, q",
            "编号，文字筛选，\(turn)r 申请，w 我的，d 审批，b 紧急，?，q")
        return text + DisplayWidth.fit("\(shown)  (\(keys))", columns - 1).droppingTrailingSpaces + "\n"
    }

    private func row(_ item: MenuTarget, number: Int, digits: Int, columns: Int, now: Date) -> String {
        let label = String(number)
        let head = String(repeating: " ", count: max(0, digits - label.count) + 1) + label + "  "
        let room = columns - 1 - head.count
        var rest = "\(Texts.line(item.account))@\(Texts.line(item.name))"
        let details = [
            Texts.line(item.address), item.lastUsed.map { past($0, now) } ?? "",
            item.until.map { remaining($0, now) } ?? "", Texts.line(item.platform),
        ].filter { !$0.isEmpty }.joined(separator: "  ")
        // Name and account come first; the details get what is left.
        let width = min(max(DisplayWidth.of(rest), room / 2), room)
        rest = DisplayWidth.fit(rest, width)
        if room - width > 4 { rest += "  " + DisplayWidth.fit(details, room - width - 2) }
        return (head + rest).droppingTrailingSpaces
    }

    private func remaining(_ until: Date, _ now: Date) -> String {
        let span = speech.span(until.timeIntervalSince(now))
        return speech("for \(span)", "还剩 \(span)")
    }

    private func past(_ moment: Date, _ now: Date) -> String {
        let seconds = now.timeIntervalSince(moment)
        guard seconds >= 60 else { return speech("used just now", "刚刚使用") }
        let span = speech.span(seconds)
        return speech("used \(span) ago", "\(span)前使用")
    }

    private func wrapped(_ text: String, _ columns: Int) -> String {
        text.split(separator: "\n").map { Lines.wrap(String($0), columns: columns) }.joined()
    }

    private var help: String {
        speech(
            """
            number      connect to the target with this number
            words       show only what matches; / shows everything again
            Enter       the next page, or connect if there is only one
            n, p        next and previous page
            r           ask for access to something
            w           your requests, and how they stand
            d           requests that wait for your decision
            b           emergency access: at once, told to everybody, reviewed within a day
            q           leave
            Without the menu: ssh tenant+user+account+target@this-host
            In the shell:     gatehouse request ACCOUNT@TARGET --reason "why"\n
            """,
            """
            编号        连接该编号的资产
            文字        只显示匹配的资产；/ 重新显示全部
            Enter       下一页；只有一项时直接连接
            n, p        下一页、上一页
            r           申请访问
            w           我的申请及其进度
            d           等待我审批的申请
            b           紧急访问：立即生效，通知相关人员，一天内复核
            q           退出
            不经菜单：  ssh 租户+用户+账号+资产@网关
            命令行：    gatehouse request 账号@资产 --reason "理由"\n
            """) + (portal.isEmpty ? "" : "\(portal)\n")
    }
}

extension String {
    var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }

    var droppingTrailingSpaces: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
