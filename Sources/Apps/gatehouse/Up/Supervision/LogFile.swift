import FoundationEssentials
import Glibc
import Kernel
import Synchronization

/// A log of JSON lines that starts over when it is large and keeps the last few.
final class LogFile: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var size = 0
        var tail: [String] = []
    }

    let path: String
    private let label: String
    private let limit: Int
    private let kept: Int
    private let state = Mutex(State())

    init(path: String, label: String, limit: Int = 10 << 20, kept: Int = 5) {
        self.path = path
        self.label = label
        self.limit = limit
        self.kept = kept
    }

    deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    /// The last lines, as they were written by the program.
    var tail: [String] { state.withLock { $0.tail } }

    /// Adds a line; one that is no JSON yet becomes it. A full disk loses lines, never the program.
    func append(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        let entry = line.first == UInt8(ascii: "{") && line.last == UInt8(ascii: "}") ? line : wrap(text)
        state.withLock { state in
            state.tail.append(text)
            if state.tail.count > 12 { state.tail.removeFirst() }
            if state.descriptor < 0 || state.size + entry.count > limit { rotate(&state) }
            guard state.descriptor >= 0 else { return }
            let count = Glibc.write(state.descriptor, entry + [0x0A], entry.count + 1)
            if count > 0 { state.size += count }
        }
    }

    /// A message of this program about the other one.
    func note(_ text: String, level: String = "notice") {
        append(wrap(text, level: level))
    }

    private func wrap(_ text: String, level: String? = nil) -> [UInt8] {
        let json: JSON = [
            "at": .string(Timestamp.text(Date())), "level": .string(level ?? Self.level(of: text)),
            "label": .string(label), "message": .string(text),
        ]
        return json.bytes
    }

    /// PostgreSQL, Redis and sshd say in words how bad it is.
    private static func level(of text: String) -> String {
        if text.contains("PANIC:") || text.contains("FATAL:") || text.contains("ERROR:") || text.contains("fatal:") {
            return "error"
        }
        return text.contains("WARNING:") || text.contains("# ") ? "warning" : "info"
    }

    private func rotate(_ state: inout State) {
        if state.descriptor >= 0 {
            close(state.descriptor)
            for number in (1..<kept).reversed() { rename("\(path).\(number)", "\(path).\(number + 1)") }
            rename(path, "\(path).1")
        }
        state.descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var facts = stat()
        state.size = fstat(state.descriptor, &facts) == 0 ? Int(facts.st_size) : 0
    }
}
