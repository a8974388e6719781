import Access
import Assets
import Kernel

extension TicketProgress {
    /// What the request has less than before, by name.
    func changes(since before: TicketProgress, assets names: [AssetID: String] = [:]) -> [TicketChange] {
        let (old, new) = (before.ask, ask)
        func show(_ assets: [AssetID]) -> [String] { assets.map { names[$0] ?? $0.text } }
        let rows: [(String, [String], [String])] = [
            ("assets", show(old.assets), show(new.assets)),
            ("accounts", old.accounts.map(\.text), new.accounts.map(\.text)),
            ("actions", old.actions.map(\.rawValue), new.actions.map(\.rawValue)),
            ("duration", [String(old.duration)], [String(new.duration)]),
            ("content", [before.content.line], [content.line]),
        ]
        return rows.filter { $0.1 != $0.2 }.map { TicketChange(label: $0.0, before: $0.1, after: $0.2) }
    }
}

extension TicketChange {
    var json: JSON {
        [
            "label": .string(label), "before": .array(before.map(JSON.string)), "after": .array(after.map(JSON.string)),
        ]
    }
}

extension JSON {
    fileprivate var line: String { String(decoding: bytes, as: UTF8.self) }
}
