/// What a client asks of a server, in the order it asked.
package enum ServerEvent {
    case authentication(AuthenticationRequest)
    /// A session channel, opened already. What it wants to run comes as its `requests`.
    case opened(SSHChannel)
    /// Something that is never granted, and has been refused: a forward, X11, a channel too many.
    case refused(RefusedRequest)
}

/// What a client wants on a session channel.
package enum ChannelRequest: Equatable {
    case terminal(TerminalSize, term: String)
    case environment(name: String, value: String)
    case shell
    case run(String)
    case subsystem(String)
    case resize(TerminalSize)

    /// Whether this is what a channel is for; it can be asked once.
    var startsProgram: Bool {
        switch self {
        case .shell, .run, .subsystem: true
        case .terminal, .environment, .resize: false
        }
    }
}

/// What kinds of them a server takes; every other one is refused.
package enum ChannelRequestKind: Sendable, CaseIterable {
    case terminal, resize, environment, shell, run, subsystem
}

/// The size of a terminal in characters.
package struct TerminalSize: Sendable, Hashable {
    package let columns: Int
    package let rows: Int

    /// Clamps what a client claims: programs on both sides allocate by these numbers.
    package init(columns: Int, rows: Int) {
        self.columns = columns <= 0 ? 80 : min(columns, 1000)
        self.rows = rows <= 0 ? 24 : min(rows, 500)
    }

    package static let standard = TerminalSize(columns: 80, rows: 24)
}

/// What was refused, in words for the person's screen.
package enum RefusedRequest: String, Sendable {
    case localForward = "port forwarding"
    case remoteForward = "remote port forwarding"
    case graphics = "X11 forwarding"
    case agent = "agent forwarding"
    case channel = "another session on this connection"
    case other = "this request"
}
