import ArgumentParser
import Kernel

/// How a command shows its result.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, for programs.")
    var json = false

    /// One thing: all of it as JSON, or the words for people.
    func show(_ json: JSON, _ text: @autoclosure () -> String) {
        Console.out(self.json ? String(decoding: json.bytes, as: UTF8.self) : text())
    }

    /// A list: one JSON array, or a table.
    func show(_ rows: [JSON], _ columns: [(title: String, cell: @Sendable (JSON) -> String)], empty: String) {
        if json { return Console.out(String(decoding: JSON.array(rows).bytes, as: UTF8.self)) }
        guard !rows.isEmpty else { return Console.note(empty) }
        Console.out(TextTable(columns.map(\.title), rows.map { row in columns.map { $0.cell(row) } }).text)
    }
}
