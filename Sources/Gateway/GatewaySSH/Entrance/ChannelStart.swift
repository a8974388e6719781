import SSH

/// What a client wants on a channel, once it has said everything.
struct ChannelStart {
    enum Program: Equatable {
        case shell
        case command(String)
        case subsystem(String)
    }

    var terminal: (size: TerminalSize, term: String)?
    var environment: [(name: String, value: String)] = []
    var program: Program?

    private static let mostVariables = 64

    /// Takes a request. True once it is clear what to run.
    mutating func take(_ request: ChannelRequest) -> Bool {
        switch request {
        case .terminal(let size, let term):
            if terminal == nil { terminal = (size, Self.isTerm(term) ? term : "xterm") }
        case .resize(let size):
            if let term = terminal?.term { terminal = (size, term) }
        case .environment(let name, let value):
            if environment.count < Self.mostVariables, Self.isPassed(name), Self.isValue(value) {
                environment.append((name, value))
            }
        case .shell: program = .shell
        case .run(let command): program = .command(command)
        case .subsystem(let name): program = .subsystem(name)
        }
        return program != nil
    }

    /// Language and time zone go on to the target, and what git negotiates its protocol with. Anything else could change
    /// what runs there.
    private static func isPassed(_ name: String) -> Bool {
        guard name.utf8.count <= 64, name.utf8.allSatisfy({ 65...90 ~= $0 || $0 == 95 || 48...57 ~= $0 }) else {
            return false
        }
        return ["LANG", "LANGUAGE", "TZ", "COLORTERM", "GIT_PROTOCOL"].contains(name) || name.hasPrefix("LC_")
    }

    private static func isValue(_ value: String) -> Bool {
        value.utf8.count <= 1024 && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func isTerm(_ term: String) -> Bool {
        !term.isEmpty && term.utf8.count <= 64
            && term.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || "-._+".utf8.contains($0) }
    }
}
