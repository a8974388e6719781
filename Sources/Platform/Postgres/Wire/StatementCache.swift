/// Which statements a connection has prepared, by their text.
///
/// Bounded, because a list's filter makes many different texts and every prepared statement costs memory in the server.
struct StatementCache {
    private struct Entry {
        let name: String
        var lastUse: Int
    }

    private var entries: [String: Entry] = [:]
    private var made = 0
    private var uses = 0
    private let limit: Int

    init(limit: Int = 256) {
        self.limit = limit
    }

    var count: Int { entries.count }

    /// The name of a prepared statement.
    mutating func name(of text: String) -> String? {
        uses += 1
        guard let index = entries.index(forKey: text) else { return nil }
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// A name for a statement that is about to be prepared; it counts once `add` is called.
    mutating func newName() -> String {
        made += 1
        return "s\(made)"
    }

    mutating func add(_ text: String, name: String) {
        uses += 1
        entries[text] = Entry(name: name, lastUse: uses)
    }

    /// Forgets a statement whose plan no longer fits the schema; its name is never used again.
    mutating func forget(_ text: String) {
        entries.removeValue(forKey: text)
    }

    /// Takes out what was used longest ago, so that `count` more have room; the connection deallocates the names.
    mutating func makeRoom(for count: Int, keeping texts: Set<String>) -> [String] {
        let surplus = entries.count + count - limit
        guard surplus > 0 else { return [] }
        let oldest = entries.filter { !texts.contains($0.key) }
            .sorted { $0.value.lastUse < $1.value.lastUse }.prefix(surplus)
        for entry in oldest { entries.removeValue(forKey: entry.key) }
        return oldest.map(\.value.name)
    }
}
