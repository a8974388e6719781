package import Kernel

/// What a kind and its lines are called wherever people read them: on cards, at a terminal, in notices. A kind brings its
/// own; those of what every request is about are here.
package struct KindWords: Sendable, Hashable {
    package let name: Wording
    let facts: [String: Wording]
    /// Values that are words of ours, by the label of their line.
    let values: [String: [String: Wording]]

    /// `facts` and `values` are those that not every request has.
    package init(
        _ english: String, _ chinese: String, facts: [String: Wording] = [:],
        values: [String: [String: Wording]] = [:]
    ) {
        name = Wording(english, chinese)
        self.facts = Self.common.merging(facts) { $1 }
        self.values = ["actions": Self.actions].merging(values) { $1 }
    }

    /// The word for a line; nil for one that the kind does not have.
    package func fact(_ label: String) -> Wording? { facts[label] }

    /// The words of ours among the values of a line.
    package func values(of label: String) -> [String: Wording] { values[label] ?? [:] }

    /// What values are called of a line that every request may have.
    package static func common(of label: String) -> [String: Wording] { label == "actions" ? actions : [:] }

    private static let common = [
        "assets": Wording("Assets", "资产"), "accounts": Wording("Accounts", "账号"),
        "actions": Wording("Actions", "操作"), "starts": Wording("From", "开始"), "duration": Wording("Duration", "时长"),
        // As decisions before the lines of kinds were compared have it.
        "content": Wording("Particulars", "内容"),
    ]

    private static let actions = [
        "connect": Wording("connect", "连接"), "upload": Wording("upload", "上传"),
        "download": Wording("download", "下载"), "delete": Wording("delete files", "删除文件"),
        "copy": Wording("copy", "复制"), "paste": Wording("paste", "粘贴"), "share": Wording("share", "共享"),
        "forward": Wording("forward ports", "端口转发"),
    ]

    /// Of the lines that say where somebody waits, and why.
    static let door = [
        "client-address": Wording("From address", "来源地址"), "entrance": Wording("Through", "入口"),
        "rule": Wording("By rule", "规则"),
    ]
    static let doors = [
        "entrance": [
            "web": Wording("browser", "浏览器"), "cli": Wording("command line", "命令行"), "ssh": Wording("SSH", "SSH"),
        ]
    ]
}
