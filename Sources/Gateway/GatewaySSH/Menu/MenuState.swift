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
        case quit
    }

    private let user: String
    private let tenant: String
    private let portal: String
    private(set) var words = ""
    private(set) var page = 0
    private var current: TargetsPage?

    init(user: String, tenant: String, portal: String) {
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
        case "r": return .show(howToRequest)
        case "w": return .show(waiting)
        case "n": return page + 1 < pages ? .load(words: words, page: page + 1) : .show("This is the last page.\n")
        case "p": return page > 0 ? .load(words: words, page: page - 1) : .show("This is the first page.\n")
        case "/": return .load(words: "", page: 0)
        default: break
        }
        if let number = Int(text) {
            let index = number - 1 - page * pageSize
            guard let items = current?.items, items.indices.contains(index) else {
                return .show("There is no number \(number) on this page.\n")
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
            text += words.isEmpty ? "You have no access to anything yet. " : "Nothing matches “\(words)”. "
            return text
                + (words.isEmpty ? "Type r to see how to ask.\n" : "Type / for everything, r to ask for access.\n")
        }
        let digits = String(page * pageSize + current.items.count).count
        for (index, item) in current.items.enumerated() {
            text += row(item, number: page * pageSize + index + 1, digits: digits, columns: columns, now: now) + "\n"
        }
        let shown = "\(page * pageSize + 1)–\(page * pageSize + current.items.count) of \(current.total)"
        let keys = pages > 1 ? "number, words to filter, n, p, ?, q" : "number, words to filter, ?, q"
        return text + DisplayWidth.fit("\(shown)  (\(keys))", columns - 1).droppingTrailingSpaces + "\n"
    }

    private func row(_ item: MenuTarget, number: Int, digits: Int, columns: Int, now: Date) -> String {
        let label = String(number)
        let head = String(repeating: " ", count: max(0, digits - label.count) + 1) + label + "  "
        let room = columns - 1 - head.count
        var rest = "\(Texts.line(item.account))@\(Texts.line(item.name))"
        let details = [
            Texts.line(item.address), item.lastUsed.map { Self.past($0, now) } ?? "",
            item.until.map { Self.remaining($0, now) } ?? "", Texts.line(item.platform),
        ].filter { !$0.isEmpty }.joined(separator: "  ")
        // Name and account come first; the details get what is left.
        let width = min(max(DisplayWidth.of(rest), room / 2), room)
        rest = DisplayWidth.fit(rest, width)
        if room - width > 4 { rest += "  " + DisplayWidth.fit(details, room - width - 2) }
        return (head + rest).droppingTrailingSpaces
    }

    private static func remaining(_ until: Date, _ now: Date) -> String {
        let minutes = Int(max(0, until.timeIntervalSince(now)) / 60)
        switch minutes {
        case 0: return "for less than a minute"
        case 1..<120: return "for \(minutes) min"
        case 120..<2880: return "for \(minutes / 60) h"
        default: return "for \(minutes / 1440) days"
        }
    }

    private static func past(_ moment: Date, _ now: Date) -> String {
        let minutes = Int(max(0, now.timeIntervalSince(moment)) / 60)
        switch minutes {
        case 0: return "used just now"
        case 1..<120: return "used \(minutes) min ago"
        case 120..<2880: return "used \(minutes / 60) h ago"
        default: return "used \(minutes / 1440) days ago"
        }
    }

    private var help: String {
        """
        number      connect to the target with this number
        words       show only what matches; / shows everything again
        Enter       the next page, or connect if there is only one
        n, p        next and previous page
        w           requests of yours that wait for a decision
        r           how to ask for access
        q           leave
        Without the menu: ssh tenant+user+account+target@this-host\n
        """
    }

    private var howToRequest: String {
        var text = "To ask for access:\n  gatehouse request ACCOUNT@TARGET --reason \"why\"\n"
        if !portal.isEmpty { text += "  \(portal)\n" }
        return text
    }

    private var waiting: String {
        guard let waiting = current?.waiting, !waiting.isEmpty else {
            return "Nothing of yours waits for a decision.\n"
        }
        return waiting.map { "  #\($0.number)  \(Texts.line($0.text))\n" }.joined()
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }

    fileprivate var droppingTrailingSpaces: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
