import Cryptography
import Foundation
import Glibc
import Kernel

/// What `login` remembers: a token for each portal, in a file that only its owner may read.
struct Credentials {
    struct Entry: Equatable {
        var origin: String
        var login: String
        var token: String
    }

    /// A sign-in that waits until somebody agrees.
    struct Waiting: Equatable {
        var origin: String
        var login: String
        var attempt: String
    }

    var current: String?
    private(set) var entries: [Entry] = []
    private var waits: [Waiting] = []

    /// `$XDG_CONFIG_HOME/gatehouse/credentials.json`, or below `~/.config`.
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? "\(environment["HOME"] ?? NSHomeDirectory())/.config"
        return "\(base)/gatehouse/credentials.json"
    }

    init() {}

    /// Reads the file; an absent one is empty, one that others may read is refused.
    init(path: String) throws {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return }
        guard facts.st_mode & 0o077 == 0, facts.st_uid == geteuid() else {
            throw CommandFailure("\(path) holds tokens, but others may read it. Run: chmod 600 '\(path)'")
        }
        guard let bytes = PrivateFile.read(path), let json = try? JSONParser.parse(bytes) else {
            throw CommandFailure("\(path) is damaged. Remove it and sign in again.")
        }
        current = json["current"]?.text
        entries = json.list("portals").map {
            Entry(origin: $0.text("url"), login: $0.text("login"), token: $0.text("token"))
        }
        waits = json.list("waiting").map {
            Waiting(origin: $0.text("url"), login: $0.text("login"), attempt: $0.text("attempt"))
        }
    }

    subscript(_ origin: String) -> Entry? {
        entries.first { $0.origin == origin }
    }

    func waiting(_ login: String, at origin: String) -> String? {
        waits.first { $0.origin == origin && $0.login == login && !$0.attempt.isEmpty }?.attempt
    }

    mutating func wait(_ waiting: Waiting) {
        waits.removeAll { $0.origin == waiting.origin }
        waits.append(waiting)
    }

    mutating func put(_ entry: Entry) {
        waits.removeAll { $0.origin == entry.origin }
        entries.removeAll { $0.origin == entry.origin }
        entries.append(entry)
        current = entry.origin
    }

    mutating func remove(_ origin: String) {
        entries.removeAll { $0.origin == origin }
        if current == origin { current = entries.last?.origin }
    }

    func save(path: String) throws {
        try PrivateFile.folder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        let portals = entries.map { entry -> JSON in
            ["url": .string(entry.origin), "login": .string(entry.login), "token": .string(entry.token)]
        }
        let waiting = waits.map { one -> JSON in
            ["url": .string(one.origin), "login": .string(one.login), "attempt": .string(one.attempt)]
        }
        let json: JSON = [
            "current": current.map(JSON.string) ?? .null, "portals": .array(portals), "waiting": .array(waiting),
        ]
        try PrivateFile.write(json.bytes, to: path)
    }
}
