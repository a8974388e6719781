package import HTTPAPI
import Kernel

extension Permission {
    package static let sessionsRead = Permission("sessions.read")
    package static let sessionsMine = Permission("sessions.mine")
    package static let sessionsTerminate = Permission("sessions.terminate")
    package static let commandsRead = Permission("commands.read")
}

/// The endpoints of sessions.
package enum SessionRoutes {
    private typealias Route = Endpoint<TenantAPI, Sessions>

    package static let group = EndpointGroup<TenantAPI, Sessions>("sessions") {
        Route.list(
            "list", "/sessions", summary: "List sessions", permission: .sessionsRead, by: SessionView.listing
        ) { sessions, call in
            try await sessions.list(call.query, in: call.scope)
        }

        Route.list(
            "mine", "/my/sessions", summary: "List my sessions", permission: .sessionsMine, by: SessionView.listing
        ) { sessions, call in
            try await sessions.list(call.query, of: call.actor, in: call.scope)
        }

        Route.get(
            "show", "/sessions/{session}", SessionID.self, summary: "Show a session", permission: .sessionsRead,
            returns: SessionView.self
        ) { sessions, call in
            try await sessions.find(call.path, in: call.scope)
        }

        Route.post(
            "terminate", "/sessions/{session}/terminate", SessionID.self, summary: "Terminate a session",
            permission: .sessionsTerminate, audit: .action("session.terminated"), body: TerminationReason.self,
            returns: SessionView.self, errors: [.sessionEnded]
        ) { sessions, call in
            try await sessions.terminate(
                call.path, saying: call.body, in: call.scope, at: call.now, audit: call.audit)
        }

        Route.list(
            "commands", "/sessions/{session}/commands", SessionID.self, summary: "List the command lines of a session",
            permission: .commandsRead, by: CommandView.listing
        ) { sessions, call in
            try await sessions.commands(of: call.path, call.query, in: call.scope)
        }

        Route.list(
            "allCommands", "/commands", summary: "List the command lines of all sessions", permission: .commandsRead,
            by: CommandView.listing
        ) { sessions, call in
            try await sessions.commands(of: nil, call.query, in: call.scope)
        }
    }
}

/// The endpoint of terminal tokens.
package enum TerminalRoutes {
    private typealias Route = Endpoint<TenantAPI, TerminalTokens>

    package static let group = EndpointGroup<TenantAPI, TerminalTokens>("terminal") {
        Route.post(
            "open", "/terminal-tokens", summary: "Get a one-time token for a web terminal", permission: .sessionsMine,
            audit: .action("terminal.requested"), body: TerminalTokenRequest.self, returns: TerminalToken.self,
            status: 201, errors: [.noGateway], idempotency: .off(because: "it shows the token once")
        ) { tokens, call in
            let scheme = call.request.isSecure ? "https" : "http"
            return try await tokens.issue(
                call.body, to: call.actor, origin: "\(scheme)://\(call.request.host)",
                clientAddress: call.request.clientAddress, in: call.scope, at: call.now, audit: call.audit)
        }
    }
}
