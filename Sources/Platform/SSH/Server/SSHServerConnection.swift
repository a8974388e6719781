import CLibSSH
import Glibc

/// A client's connection to us. Confined to its loop.
///
/// Everything the client asks is taken from libssh's message queue rather than from its server callbacks, because an
/// answer may have to wait for a decision that is made elsewhere.
package final class SSHServerConnection: SSHConnection {
    /// Where the client comes from.
    package let peer: SocketAddress
    package internal(set) var isAuthenticated = false { didSet { if isAuthenticated { ticket.leave() } } }
    private let ticket: WaitingTicket
    private var events: [ServerEvent] = []
    private let arrival = LoopSignal()
    private let limits: SSHServerLimits
    private var attempts = 0
    private var signInEnd: ContinuousClock.Instant

    /// Takes a client over from the listener. To be called on the loop.
    package init(
        _ socket: AcceptedSocket, identity: ServerIdentity, limits: SSHServerLimits, on loop: SSHLoop
    ) throws(SSHError) {
        let descriptor = socket.descriptor
        peer = socket.peer
        ticket = socket.ticket
        self.limits = limits
        signInEnd = .now + limits.signIn
        guard let session = ssh_new() else {
            socket.refuse()
            throw SSHError.protocolFailure("out of memory")
        }
        Socket.tune(descriptor)
        guard ssh_bind_accept_fd(identity.handle, session, descriptor) == SSH_OK else {
            ssh_free(session)
            socket.refuse()
            throw SSHError.protocolFailure(SSHLibrary.message(identity.handle))
        }
        ssh_set_blocking(session, 0)
        Socket.setNonBlocking(descriptor)
        super.init(loop: loop, session: session, descriptor: descriptor)
        ssh_set_auth_methods(session, Int32(SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_INTERACTIVE))
        do throws(SSHError) {
            // This may already read what the client sent, and find it bad.
            guard ssh_handle_key_exchange(session) != SSH_ERROR else {
                throw SSHError.protocolFailure(SSHLibrary.message(session))
            }
            try attach()
        } catch {
            abort(error.description)
            throw error
        }
        loop.after(limits.handshake) { [weak self] in
            if let self, !self.isHandshakeDone { self.disconnect("the handshake took too long") }
        }
        watchSignIn(for: limits.signIn)
    }

    private func watchSignIn(for time: Duration) {
        loop.after(time) { [weak self] in
            guard let self, self.isOpen, !self.isAuthenticated else { return }
            let left = self.signInEnd - .now
            if left > .zero { self.watchSignIn(for: left) } else { self.disconnect("signing in took too long") }
        }
    }

    /// It is not the client that is waited for: its next request counts as no attempt, and it has this much more time.
    /// It has proven who it is, and keeps nobody else from signing in.
    func grant(_ time: Duration) {
        attempts -= 1
        extend(time)
        ticket.leave()
    }

    /// The client has this much time from now on, if it had less.
    func extend(_ time: Duration) {
        signInEnd = max(signInEnd, .now + time)
    }

    /// The client's version string.
    package var clientVersion: String {
        guard isOpen, let text = text(ssh_get_clientbanner(session)) else { return "" }
        return SSHLibrary.printable(text, limit: 120)
    }

    /// Text for the person before signing in; clients show it as it is.
    package func showBanner(_ text: String) {
        guard isOpen, let string = ssh_string_from_char(text) else { return }
        ssh_send_issue_banner(session, string)
        ssh_string_free(string)
    }

    /// What the client asks next; nil when the connection has ended.
    package nonisolated(nonsending) func next() async -> ServerEvent? {
        while true {
            if !events.isEmpty { return events.removeFirst() }
            guard isOpen else { return nil }
            await arrival.wait()
        }
    }

    // MARK: Messages

    private var isHandshakeDone: Bool { isOpen && ssh_is_connected(session) == 1 && ssh_get_kex_algo(session) != nil }

    override func advance() {
        guard isHandshakeDone else { return }
        ticket.passHandshake()
        while isOpen, !isReadingPaused, let message = ssh_message_get(session) { take(message) }
        for channel in channels where channel.takeAgentWish() { events.append(.refused(.agent)) }
        if events.count > Self.mostWaiting { disconnect("too many requests at once") }
        if !events.isEmpty { arrival.fire() }
    }

    override func didEnd() {
        ticket.leave()
        arrival.fire()
    }

    /// More requests than any client has waiting.
    private static let mostWaiting = 256

    private func take(_ message: ssh_message) {
        switch UInt32(bitPattern: ssh_message_type(message)) {
        case SSH_REQUEST_AUTH.rawValue:
            takeAuthentication(message)
            return  // owns the message
        case SSH_REQUEST_SERVICE.rawValue: takeService(message)
        case SSH_REQUEST_CHANNEL_OPEN.rawValue: takeOpen(message)
        case SSH_REQUEST_CHANNEL.rawValue: takeRequest(message)
        case SSH_REQUEST_GLOBAL.rawValue:
            ssh_message_reply_default(message)
            if UInt32(bitPattern: ssh_message_subtype(message)) == SSH_GLOBAL_REQUEST_TCPIP_FORWARD.rawValue {
                events.append(.refused(.remoteForward))
            }
        default: ssh_message_reply_default(message)
        }
        ssh_message_free(message)
    }

    /// paramiko asks for the service again before each method, so this is no state of its own.
    private func takeService(_ message: ssh_message) {
        let service = text(ssh_message_service_service(message)) ?? ""
        guard service == "ssh-userauth" || service == "ssh-connection" else {
            disconnect("the service \(service) is not offered")
            return
        }
        ssh_message_service_reply_success(message)
    }

    private func takeAuthentication(_ message: ssh_message) {
        let request = AuthenticationRequest(message, on: self)
        // RFC 4252 §5.1: requests after success are ignored silently.
        guard !isAuthenticated else { return }
        attempts += 1
        guard attempts <= limits.attempts else { return disconnect("too many attempts to sign in") }
        // Until this one is answered nothing more is read, so that nobody can pile up requests.
        isReadingPaused = true
        events.append(.authentication(request))
    }

    private func takeOpen(_ message: ssh_message) {
        let kind = UInt32(bitPattern: ssh_message_subtype(message))
        let refusal: RefusedRequest? =
            switch kind {
            case SSH_CHANNEL_SESSION.rawValue: channels.count < limits.channels && isAuthenticated ? nil : .channel
            case SSH_CHANNEL_DIRECT_TCPIP.rawValue: .localForward
            case SSH_CHANNEL_FORWARDED_TCPIP.rawValue: .remoteForward
            case SSH_CHANNEL_X11.rawValue: .graphics
            case SSH_CHANNEL_AUTH_AGENT.rawValue: .agent
            default: .other
            }
        if let refusal {
            ssh_message_reply_default(message)
            events.append(.refused(refusal))
        } else if let handle = ssh_message_channel_request_open_reply_accept(message) {
            events.append(.opened(SSHChannel(handle, on: self)))
        }
    }

    private func takeRequest(_ message: ssh_message) {
        guard let handle = ssh_message_channel_request_channel(message),
            let channel = channels.first(where: { $0.handle == handle && !$0.isFreed })
        else { return }
        let kind = UInt32(bitPattern: ssh_message_subtype(message))
        if let request = ChannelRequest(message, subtype: kind), channel.take(request) {
            // Answered before anything is known about the target: a person who is refused then sees why on the screen,
            // and not only that a request failed.
            ssh_message_channel_request_reply_success(message)
        } else {
            ssh_message_reply_default(message)
            if kind == SSH_CHANNEL_REQUEST_X11.rawValue { events.append(.refused(.graphics)) }
        }
    }
}

extension ChannelRequestKind {
    /// What libssh calls it.
    fileprivate var subtype: UInt32 {
        switch self {
        case .terminal: SSH_CHANNEL_REQUEST_PTY.rawValue
        case .resize: SSH_CHANNEL_REQUEST_WINDOW_CHANGE.rawValue
        case .environment: SSH_CHANNEL_REQUEST_ENV.rawValue
        case .shell: SSH_CHANNEL_REQUEST_SHELL.rawValue
        case .run: SSH_CHANNEL_REQUEST_EXEC.rawValue
        case .subsystem: SSH_CHANNEL_REQUEST_SUBSYSTEM.rawValue
        }
    }
}

extension ChannelRequest {
    fileprivate init?(_ message: ssh_message, subtype: UInt32) {
        guard let kind = ChannelRequestKind.allCases.first(where: { $0.subtype == subtype }) else { return nil }
        switch kind {
        case .terminal:
            let size = TerminalSize(columns: Int(shim_pty_width(message)), rows: Int(shim_pty_height(message)))
            self = .terminal(size, term: text(shim_pty_term(message)) ?? "")
        case .resize:
            self = .resize(
                TerminalSize(columns: Int(shim_pty_width(message)), rows: Int(shim_pty_height(message))))
        case .environment:
            self = .environment(
                name: text(ssh_message_channel_request_env_name(message)) ?? "",
                value: text(ssh_message_channel_request_env_value(message)) ?? "")
        case .shell: self = .shell
        case .run: self = .run(text(ssh_message_channel_request_command(message)) ?? "")
        case .subsystem: self = .subsystem(text(ssh_message_channel_request_subsystem(message)) ?? "")
        }
    }
}
