import ArgumentParser
import Kernel

/// What a change of access would have done to what people did.
struct TryAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Show who would lose or gain what by a change of access, by what was done in the last days.",
        discussion: """
            Nothing is changed. A file names more than grants to revoke: {"add": [GRANT], "change": [{"grant": ID, \
            "accounts": [{"kind": "all"}]}], "memberships": [{"user": ID, "group": ID, "isMember": false}]}.
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "A grant to revoke, by id; may be said several times.")
    var revoke: [String] = []
    @Option(name: .long, help: "A JSON file with changes.")
    var file: String?
    @Option(name: .long, help: "How many days back, 30 at most.")
    var days: Int?

    func run() async throws {
        let trial = try await portal.portal().post("/access/try", changes())
        output.show(trial, Self.text(trial))
    }

    /// What the file names, with what the line names besides.
    func changes() throws -> JSON {
        var changes: JSON = try file.map(JSONFile.read) ?? [:]
        guard case .object = changes else { throw CommandFailure("\(file ?? "") names no changes.") }
        if !revoke.isEmpty {
            changes = changes.merging([
                "revoke": .array(changes.list("revoke") + revoke.map { .string($0) })
            ])
        }
        guard changes != [:] else { throw CommandFailure("Say what to try: --revoke GRANT, or --file CHANGES.") }
        return days.map { changes.merging(["days": .int(Int64($0))]) } ?? changes
    }

    /// Totals first, then who loses, who gains, and what is newly open.
    static func text(_ trial: JSON) -> String {
        func total(_ name: String, _ what: String) -> String {
            let count = trial[name] ?? .null
            return "\(count.int("changed") ?? 0) of \(count.int("judged") ?? 0) \(what)"
        }
        var parts = [
            total("sessions", "sessions would have been refused (\(trial.int("losingPeople") ?? 0) people)") + "\n"
                + total(
                    "attempts", "refused attempts would have been let in (\(trial.int("gainingPeople") ?? 0) people)")
        ]
        if !trial.bool("isComplete") {
            parts.append("There was more than is looked at: this is since \(SpokenTime.local(trial.text("from"))).")
        }
        if let count = trial.int("leftOut"), count > 0 {
            parts.append("\(count) that named no account were not judged: their assets have so many.")
        }
        for (name, more, title) in [("loses", "moreLoses", "Would lose"), ("gains", "moreGains", "Would gain")] {
            let rows = trial.list(name)
            guard !rows.isEmpty else { continue }
            var text = title + "\n" + table(rows)
            if let count = trial.int(more), count > 0 { text += "\nand \(count) more" }
            parts.append(text)
        }
        let widens = trial.list("widens").map { one in
            let least = one.bool("isComplete") ? "" : "at least "
            return "\(one.text("name").oneLine): \(least)\(one.int("opened") ?? 0) ways newly open "
                + "(\(one.int("people") ?? 0) people, \(one.int("assets") ?? 0) assets)"
        }
        if !widens.isEmpty { parts.append("Newly open\n" + widens.joined(separator: "\n")) }
        return parts.joined(separator: "\n\n")
    }

    private static func table(_ rows: [JSON]) -> String {
        TextTable(
            ["user", "asset", "account", "changed", "last", "now", "why"],
            rows.map { row in
                [
                    row.text("user", "name"), row.text("asset", "name"),
                    row.text("account").isEmpty ? "any" : row.text("account"),
                    "\(row.int("changed") ?? 0) of \(row.int("count") ?? 0)", SpokenTime.local(row.text("lastAt")),
                    "\(row.bool("isOpenNow") ? "open" : "closed") > \(row.bool("staysOpenNow") ? "open" : "closed")",
                    row.list("reasons").first?.text("text") ?? "",
                ]
            }
        ).text
    }
}
