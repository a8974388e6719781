import CLibSSH
import Glibc

/// Our connection to a target. Confined to its loop; every step waits without blocking it.
package final class SSHClientConnection: SSHConnection {
    /// How to prove to the target who we are.
    package enum Credential: Sendable {
        case password(String)
        case key(SSHPrivateKey)
    }

    /// Where the connection leads.
    package let address: SocketAddress
    private let progress = LoopSignal()
    private var isWaiting = false
    private var isConnecting = true

    private init(session: ssh_session, descriptor: Int32, address: SocketAddress, on loop: SSHLoop) {
        self.address = address
        super.init(loop: loop, session: session, descriptor: descriptor)
    }

    /// Connects and makes sure of the target: the first address that answers must show one of the pinned keys. Nothing
    /// that is secret is sent to a host that does not.
    package nonisolated(nonsending) static func connect(
        to addresses: [SocketAddress], pinned: [SSHPublicKey], user: String, within limit: Duration, on loop: SSHLoop
    ) async throws(SSHError) -> SSHClientConnection {
        let (descriptor, address) = try await Dialer.dial(addresses, within: limit, on: loop)
        guard let session = ssh_new() else {
            close(descriptor)
            throw SSHError.protocolFailure("out of memory")
        }
        configure(session, descriptor: descriptor, user: user, pinned: pinned)
        let connection = SSHClientConnection(session: session, descriptor: descriptor, address: address, on: loop)
        try await connection.shakeHands(within: limit)
        let shown = try connection.hostKey()
        guard pinned.contains(where: { $0.blob == shown.blob }) else {
            connection.disconnect("the host key is not the one on record")
            throw SSHError.hostKeyRefused(HostKeyRefusal(shown: shown, pinned: pinned))
        }
        return connection
    }

    /// Connects only to see the key that a host shows.
    package nonisolated(nonsending) static func scan(
        _ addresses: [SocketAddress], within limit: Duration, on loop: SSHLoop
    ) async throws(SSHError) -> SSHPublicKey {
        do throws(SSHError) {
            let connection = try await connect(to: addresses, pinned: [], user: "nobody", within: limit, on: loop)
            connection.abort()
            throw SSHError.protocolFailure("a host without a key")
        } catch {
            guard case .hostKeyRefused(let refusal) = error else { throw error }
            return refusal.shown
        }
    }

    private static func configure(
        _ session: ssh_session, descriptor: Int32, user: String, pinned: [SSHPublicKey]
    ) {
        var no = false
        // Otherwise each connection reads the user's and the system's ssh_config, known_hosts and passwd on the loop.
        ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no)
        ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/nonexistent")
        ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null")
        ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null")
        ssh_options_set(session, SSH_OPTIONS_USER, user)
        ssh_options_set(session, SSH_OPTIONS_HOST, "target")
        // The kinds on record first: a host with several keys must show the one that is known.
        let others = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
            "rsa-sha2-256",
        ]
        var algorithms: [String] = []
        for name in pinned.flatMap(\.signatureAlgorithms) + others where !algorithms.contains(name) {
            algorithms.append(name)
        }
        ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, algorithms.joined(separator: ","))
        var descriptor = descriptor
        ssh_options_set(session, SSH_OPTIONS_FD, &descriptor)
        ssh_set_blocking(session, 0)
    }

    // MARK: Steps

    override func advance() {
        if isConnecting { Socket.setNonBlocking(descriptor) }
        progress.fireIfAwaited()
    }

    override func didEnd() {
        progress.fireIfAwaited()
    }

    /// Repeats a call of libssh until it has its answer.
    private nonisolated(nonsending) func step(
        _ again: Int32 = SSH_AGAIN, _ call: () -> Int32
    ) async throws(SSHError) -> Int32 {
        while isOpen {
            let status = call()
            if status != again { return status }
            updateInterest()
            await progress.wait()
        }
        throw closed
    }

    private var closed: SSHError {
        switch end {
        case .lost(let words): .closed(words)
        case .ended, .open: .closed("the connection was ended")
        }
    }

    private nonisolated(nonsending) func within<R>(
        _ limit: Duration, _ what: String, _ body: () async throws(SSHError) -> R
    ) async throws(SSHError) -> R {
        var isLate = false
        let timer = loop.after(limit) { [self] in
            isLate = true
            abort("\(what) took too long")
        }
        defer { timer.cancel() }
        do {
            return try await body()
        } catch {
            throw isLate ? SSHError.timedOut("\(what) took longer than \(limit.components.seconds) s") : error
        }
    }

    private nonisolated(nonsending) func shakeHands(within limit: Duration) async throws(SSHError) {
        // The first call creates what the loop needs; the others follow readiness.
        guard ssh_connect(session) != SSH_ERROR else {
            throw SSHError.protocolFailure(SSHLibrary.message(session))
        }
        try attach()
        try await within(limit, "the handshake with the target") { () async throws(SSHError) in
            let status = try await step {
                // libssh makes the descriptor blocking when it finds it connected.
                Socket.setNonBlocking(descriptor)
                return ssh_connect(session)
            }
            Socket.setNonBlocking(descriptor)
            guard status == SSH_OK else { throw failed() }
        }
        isConnecting = false
        ssh_set_message_callback(session, { _, _, _ in 1 }, nil)  // a target has nothing to ask for
    }

    private func failed() -> SSHError {
        let words = isOpen ? SSHLibrary.message(session) : "\(end)"
        abort(words)
        return .protocolFailure(words)
    }

    private func hostKey() throws(SSHError) -> SSHPublicKey {
        var key: ssh_key?
        guard ssh_get_server_publickey(session, &key) == SSH_OK, let key else {
            throw SSHError.protocolFailure("the target shows no host key")
        }
        defer { ssh_key_free(key) }
        return try SSHPublicKey(key)
    }

    /// Signs in. A target that knows passwords only by question and answer is answered.
    package nonisolated(nonsending) func signIn(_ credential: Credential, within limit: Duration) async throws(SSHError)
    {
        try await within(limit, "signing in to the target") { () async throws(SSHError) in
            var status: Int32
            switch credential {
            case .key(let key):
                status = try await authenticate { ssh_userauth_publickey(session, nil, key.handle) }
            case .password(let password):
                status = try await authenticate { ssh_userauth_none(session, nil) }
                if status == SSH_AUTH_SUCCESS.rawValue { break }
                let offered = isOpen ? ssh_userauth_list(session, nil) : 0
                if offered & Int32(SSH_AUTH_METHOD_PASSWORD) != 0 {
                    status = try await authenticate { ssh_userauth_password(session, nil, password) }
                } else if offered & Int32(SSH_AUTH_METHOD_INTERACTIVE) != 0 {
                    status = try await answerQuestions(with: password)
                }
            }
            guard status == SSH_AUTH_SUCCESS.rawValue else {
                let words = isOpen ? SSHLibrary.message(session) : closed.description
                throw SSHError.authenticationRefused("the target did not accept the account's credential (\(words))")
            }
        }
    }

    private nonisolated(nonsending) func authenticate(_ call: () -> Int32) async throws(SSHError) -> Int32 {
        try await step(SSH_AUTH_AGAIN.rawValue, call)
    }

    private nonisolated(nonsending) func answerQuestions(with password: String) async throws(SSHError) -> Int32 {
        var status = try await authenticate { ssh_userauth_kbdint(session, nil, nil) }
        var rounds = 0
        while status == SSH_AUTH_INFO.rawValue, rounds < 5 {
            rounds += 1
            let count = max(0, ssh_userauth_kbdint_getnprompts(session))
            for index in 0..<count {
                var echo: CChar = 0
                _ = ssh_userauth_kbdint_getprompt(session, UInt32(index), &echo)
                // Only a hidden answer can be the password; anything else is left empty rather than guessed.
                _ = ssh_userauth_kbdint_setanswer(session, UInt32(index), echo == 0 ? password : "")
            }
            status = try await authenticate { ssh_userauth_kbdint(session, nil, nil) }
        }
        return status
    }

    // MARK: Channels

    /// Opens a session channel.
    package nonisolated(nonsending) func openChannel(within limit: Duration) async throws(SSHError) -> SSHChannel {
        guard isOpen, let handle = ssh_channel_new(session) else { throw closed }
        let channel = SSHChannel(handle, on: self)
        try await within(limit, "opening a channel") { () async throws(SSHError) in
            guard try await step(SSH_AGAIN, { ssh_channel_open_session(handle) }) == SSH_OK else {
                throw SSHError.protocolFailure("the target refuses a session: \(SSHLibrary.message(session))")
            }
        }
        return channel
    }

    /// What to run on a channel, in the order it has to be asked.
    package struct Program: Sendable {
        package var terminal: (size: TerminalSize, term: String)?
        package var environment: [(name: String, value: String)]
        /// Nil for the login shell.
        package var command: String?

        package init(
            terminal: (size: TerminalSize, term: String)? = nil, environment: [(name: String, value: String)] = [],
            command: String? = nil
        ) {
            self.terminal = terminal
            self.environment = environment
            self.command = command
        }
    }

    /// Starts a program on a channel that was opened.
    package nonisolated(nonsending) func start(
        _ program: Program, on channel: SSHChannel, within limit: Duration
    ) async throws(SSHError) {
        let handle = channel.handle
        try await within(limit, "starting the program") { () async throws(SSHError) in
            if let (size, term) = program.terminal {
                let status = try await step {
                    ssh_channel_request_pty_size(handle, term, Int32(size.columns), Int32(size.rows))
                }
                guard status == SSH_OK else { throw SSHError.protocolFailure("the target refuses a terminal") }
            }
            for (name, value) in program.environment {
                // Most servers accept few names; a refusal is normal.
                _ = try await step { ssh_channel_request_env(handle, name, value) }
            }
            let status = try await step {
                if let command = program.command { return ssh_channel_request_exec(handle, command) }
                return ssh_channel_request_shell(handle)
            }
            guard status == SSH_OK else {
                throw SSHError.protocolFailure(
                    "the target refuses \(program.command == nil ? "a shell" : "the command")")
            }
        }
    }
}
