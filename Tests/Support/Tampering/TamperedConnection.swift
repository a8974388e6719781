/// One connection between an application and PostgreSQL, and the scope of a statement changed on the way.
///
/// The change is made by a statement of our own in front of the one that is meant, in the same pipeline, and taken back
/// by another behind it, so that of a transaction too only that one statement runs in a wrong scope. The answers to our
/// own are kept from the application. A value without input and output: bytes come in, bytes go out.
struct TamperedConnection {
    /// What the server will answer next.
    private struct Due {
        /// The message that it answers.
        let letter: UInt8
        var isOurs = false
        var isTampered = false
    }

    private let tampering: Tampering
    private var fromApplication: [UInt8] = []
    private var fromServer: [UInt8] = []
    private var hasStarted = false
    private var hasSignedIn = false
    private var due: [Due] = []
    private var texts: [String: String] = [:]
    private var scope = Tampering.Scope.none
    private var restoresAfterExecute = false
    private var run: TamperedRun?

    init(_ tampering: Tampering) {
        self.tampering = tampering
    }

    /// What goes to the server when these bytes come from the application.
    mutating func application(_ bytes: [UInt8]) -> [UInt8] {
        fromApplication += bytes
        var out: [UInt8] = []
        if !hasStarted {
            // The first message has no letter: who signs in, or whom to cancel.
            guard fromApplication.count >= 4 else { return [] }
            let length = fromApplication[0..<4].reduce(0) { $0 << 8 | Int($1) }
            guard fromApplication.count >= length else { return [] }
            out += fromApplication.prefix(length)
            fromApplication.removeFirst(length)
            hasStarted = true
        }
        while let message = PostgresMessage(from: &fromApplication) { forward(message, to: &out) }
        return out
    }

    private mutating func forward(_ message: PostgresMessage, to out: inout [UInt8]) {
        var isTampered = false
        switch message.letter {
        case UInt8(ascii: "P"):
            var fields = message.fields
            let name = fields.text()
            texts[name] = fields.text()
        case UInt8(ascii: "B"):
            if let change = change(for: message) {
                send(Self.statement(for: change), to: &out)
                (isTampered, restoresAfterExecute) = (true, true)
            }
        case UInt8(ascii: "E"): isTampered = restoresAfterExecute
        default: break
        }
        out += message.bytes
        if "PBDECSQ".utf8.contains(message.letter) {
            due.append(Due(letter: message.letter, isTampered: isTampered))
        }
        if message.is("E"), restoresAfterExecute {
            restoresAfterExecute = false
            send(Self.statement(for: scope), to: &out)
        }
    }

    private mutating func send(_ text: String, to out: inout [UInt8]) {
        for message in PostgresMessage.statement(text) {
            out += message.bytes
            due.append(Due(letter: message.letter, isOurs: true))
        }
    }

    /// Follows the scope; what is to be changed if this runs the statement that is meant.
    private mutating func change(for bind: PostgresMessage) -> ScopeChange? {
        var fields = bind.fields
        _ = fields.text()
        let text = texts[fields.text()] ?? ""
        switch text {
        case _ where text.hasPrefix("select set_config('gatehouse.tenant'"):
            _ = (0..<fields.integer(2)).map { _ in fields.integer(2) }
            _ = fields.integer(2)
            scope = .tenant(String(decoding: fields.bytes(fields.integer(4)), as: UTF8.self))
        case _ where text.hasPrefix("select set_config('role'"):
            scope = .role(text.contains("gatehouse_provider") ? "gatehouse_provider" : "gatehouse_system")
        case _ where text.hasPrefix("begin"), "commit", "rollback": break
        case _ where text.hasPrefix("deallocate "): break
        default:
            return tampering.change(for: text, in: scope)
        }
        return nil
    }

    private static func statement(for change: ScopeChange) -> String {
        switch change {
        case .dropped: statement(for: .none)
        case .foreign(let tenant): statement(for: .tenant(tenant))
        }
    }

    private static func statement(for scope: Tampering.Scope) -> String {
        let (tenant, role) =
            switch scope {
            case .none: ("", "none")
            case .tenant(let tenant): (tenant, "none")
            case .role(let role): ("", role)
            }
        return "select set_config('gatehouse.tenant', '\(tenant)', true), set_config('role', '\(role)', true)"
    }

    /// What goes to the application when these bytes come from the server.
    mutating func server(_ bytes: [UInt8]) -> [UInt8] {
        fromServer += bytes
        var out: [UInt8] = []
        while let message = PostgresMessage(from: &fromServer) {
            if !isOurs(message) { out += message.bytes }
        }
        return out
    }

    /// Follows the answers; true for one that the application has not asked for.
    private mutating func isOurs(_ message: PostgresMessage) -> Bool {
        guard hasSignedIn else {
            hasSignedIn = message.is("Z")
            return false
        }
        // A notice, a setting and a notification come at any time.
        guard !"NSA".utf8.contains(message.letter), let first = due.first else { return false }
        if first.letter == UInt8(ascii: "Q") {
            if message.is("Z") { due.removeFirst() }
            return false
        }
        if message.is("E") {
            // What follows is skipped, up to the Sync.
            let end = due.firstIndex { $0.letter == UInt8(ascii: "S") } ?? due.count
            if due[..<end].contains(where: \.isTampered) { finish(failedWith: message) }
            due.removeFirst(end)
            return false
        }
        note(message, of: first)
        if ends(message, first) { due.removeFirst() }
        return first.isOurs
    }

    private func ends(_ message: PostgresMessage, _ due: Due) -> Bool {
        switch due.letter {
        case UInt8(ascii: "E"): "CIs".utf8.contains(message.letter)
        case UInt8(ascii: "D"): "Tn".utf8.contains(message.letter)
        default: true
        }
    }

    private mutating func note(_ message: PostgresMessage, of due: Due) {
        guard due.isTampered, due.letter == UInt8(ascii: "E") else { return }
        var run = self.run ?? TamperedRun()
        switch message.letter {
        case UInt8(ascii: "D"): run.rows.append(message.body)
        case UInt8(ascii: "C"):
            var fields = message.fields
            let words = fields.text().split(separator: " ")
            if words.first != "SELECT" { run.written = words.last.flatMap { Int($0) } ?? 0 }
            tampering.add(run)
            self.run = nil
            return
        default: break
        }
        self.run = run
    }

    private mutating func finish(failedWith message: PostgresMessage) {
        var run = self.run ?? TamperedRun()
        run.sqlState = "?"
        var fields = message.fields
        while let kind = fields.bytes(1).first, kind != 0 {
            let value = fields.text()
            if kind == UInt8(ascii: "C") { run.sqlState = value }
        }
        tampering.add(run)
        self.run = nil
    }
}
