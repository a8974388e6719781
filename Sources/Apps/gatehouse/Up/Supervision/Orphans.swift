import Foundation
import Glibc
import Kernel
import Synchronization

/// Remembers what was started, so that what a killed predecessor left behind is found and stopped.
///
/// A number alone proves nothing, since numbers are used again: the time of the start belongs to it.
final class Orphans: Sendable {
    private struct Entry: Equatable {
        let number: pid_t
        let started: String
    }

    private let path: String
    private let entries: Mutex<[String: Entry]>

    init(path: String) {
        self.path = path
        entries = Mutex(Self.read(path))
    }

    func note(_ name: String, _ number: pid_t) {
        guard let started = Self.startTime(of: number) else { return }
        entries.withLock { entries in
            entries[name] = Entry(number: number, started: started)
            save(entries)
        }
    }

    func forget(_ name: String) {
        entries.withLock { entries in
            entries[name] = nil
            save(entries)
        }
    }

    /// Ends what still runs from last time, and returns the names.
    func stop() async -> [String] {
        let left = entries.withLock { $0 }.filter { Self.startTime(of: $0.value.number) == $0.value.started }
        for (name, entry) in left { kill(entry.number, name == PostgresCluster.name ? SIGINT : SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(30)
        while left.values.contains(where: { Self.startTime(of: $0.number) == $0.started }) {
            if ContinuousClock.now > deadline { for entry in left.values { kill(entry.number, SIGKILL) } }
            try? await Task.sleep(for: .milliseconds(50))
        }
        entries.withLock { $0 = [:] }
        return left.keys.sorted()
    }

    private func save(_ entries: [String: Entry]) {
        let members = entries.sorted { $0.key < $1.key }.map { name, entry in
            JSON.Member(name, ["pid": .int(Int64(entry.number)), "started": .string(entry.started)])
        }
        // Best effort: the parent-death signal does the same.
        try? PrivateFile.write(JSON.object(members).bytes, to: path)
    }

    private static func read(_ path: String) -> [String: Entry] {
        guard let bytes = PrivateFile.read(path), case .object(let members)? = try? JSONParser.parse(bytes) else {
            return [:]
        }
        let entries = members.compactMap { member -> (String, Entry)? in
            guard let number = member.value.int("pid"), number > 1 else { return nil }
            return (member.name, Entry(number: pid_t(number), started: member.value.text("started")))
        }
        return Dictionary(entries) { $1 }
    }

    /// Clock ticks from the machine's start to the program's (proc(5), field 22 of stat); nil if there is none or it is
    /// a zombie.
    private static func startTime(of number: pid_t) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return nil }
        // The name in parentheses may hold anything; what follows the last one is regular.
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return String(fields[19])
    }
}
