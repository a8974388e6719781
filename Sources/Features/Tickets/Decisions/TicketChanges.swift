import Access
import Assets
import Kernel

extension TicketProgress {
    /// What the request has less than before, by name: of its content, the lines that its kind makes of it.
    func changes(
        since before: TicketProgress, of kind: any RequestKind, assets names: [AssetID: String] = [:]
    ) -> [TicketChange] {
        let (old, new) = (before.ask, ask)
        func show(_ assets: [AssetID]) -> [String] { assets.map { names[$0] ?? $0.text } }
        let rows: [(String, [String], [String])] = [
            ("assets", show(old.assets), show(new.assets)),
            ("accounts", old.accounts.map(\.text), new.accounts.map(\.text)),
            ("actions", old.actions.map(\.rawValue), new.actions.map(\.rawValue)),
            ("duration", [String(old.duration)], [String(new.duration)]),
        ]
        let changes = rows.filter { $0.1 != $0.2 }.map { TicketChange(label: $0.0, before: $0.1, after: $0.2) }
        guard before.content != content else { return changes }
        let more = TicketFact.changes(
            from: kind.facts(of: before.content, .nothing), to: kind.facts(of: content, .nothing)
        )
        .filter { change in !changes.contains { $0.label == change.label } }
        return changes + more.prefix(Self.mostOfContent)
    }

    /// An answer names ten things at most.
    private static let mostOfContent = 6
}

extension TicketShown {
    /// Of a request about nothing: what facts are made of the content alone.
    fileprivate static let nothing = TicketShown(assets: [], accounts: [], actions: [], startsAt: nil, duration: 0)
}

extension TicketFact {
    fileprivate static func changes(from old: [TicketFact], to new: [TicketFact]) -> [TicketChange] {
        let labels = old.map(\.label) + new.map(\.label).filter { label in !old.contains { $0.label == label } }
        func values(_ label: String, _ facts: [TicketFact]) -> [String] {
            facts.filter { $0.label == label }.flatMap(\.values)
        }
        return labels.map { TicketChange(label: $0, before: values($0, old), after: values($0, new)) }
            .filter { $0.before != $0.after }
    }
}

extension TicketChange {
    var json: JSON {
        [
            "label": .string(label), "before": .array(before.map(JSON.string)), "after": .array(after.map(JSON.string)),
        ]
    }
}
