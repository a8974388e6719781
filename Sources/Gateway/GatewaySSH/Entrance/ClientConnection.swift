import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel
import Logging
import SSH

/// A client's connection from its sign-in to its end. Lives on its loop, with everything that it opens.
actor ClientConnection {
    private let core: GatewayCore
    private let configuration: SSHGatewayConfiguration
    private let loop: SSHLoop
    private var connection: SSHServerConnection?
    private var sessions: [ObjectIdentifier: ChannelSession] = [:]
    private var shown: Set<RefusedRequest> = []
    private var unshown: [RefusedRequest] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(core: GatewayCore, configuration: SSHGatewayConfiguration, on loop: SSHLoop) {
        self.core = core
        self.configuration = configuration
        self.loop = loop
    }

    /// Serves a client until its connection ends.
    func serve(_ accepted: AcceptedSocket, identity: LoopIdentities) async {
        guard let socket = await known(accepted) else { return }
        let connection: SSHServerConnection
        do throws(SSHError) {
            connection = try SSHServerConnection(
                socket, identity: try identity.identity(on: loop), limits: configuration.limits, on: loop)
        } catch {
            core.logger.debug(
                "A client did not get past the version line",
                metadata: ["client": "\(socket.peer.host)", "error": "\(error)"])
            return
        }
        self.connection = connection
        if let (admitted, login) = await signIn(connection, ofProxy: socket.isFromProxy) {
            await serve(connection, admitted, login)
        }
        self.connection = nil
    }

    /// The client, by what a balancer says of it if it came through one.
    private func known(_ accepted: AcceptedSocket) async -> AcceptedSocket? {
        do throws(ProxyHeaderFault) {
            return try await accepted.known(within: configuration.limits.handshake, on: loop)
        } catch {
            // A balancer that looks whether somebody listens says nothing, many times a minute.
            core.logger.log(
                level: error == .cut(after: 0) ? .debug : .warning, "A balancer's connection was closed: \(error)",
                metadata: ["balancer": "\(accepted.peer)"])
            return nil
        }
    }

    /// Ends the connection, telling the client why.
    func stop(_ reason: String) {
        connection?.disconnect(reason)
    }

    private func signIn(_ connection: SSHServerConnection, ofProxy: Bool) async -> (Admitted, LoginName)? {
        var dialogue = SignIn(
            controlPlane: core.controlPlane,
            room: SignInRoom(waits: core.waits, pace: configuration.waiting, loop: loop), tenant: configuration.tenant,
            clientAddress: connection.peer.host, connection: UUID().uuidString)
        var hasShownBanner = false
        while let event = await connection.next() {
            guard case .authentication(let request) = event else { continue }
            // It has to be taken, as a look whether we are alive, but HAProxy says so of whoever has no address, too: rules by
            // address would judge the balancer in place of them.
            guard !ofProxy else {
                core.logger.warning(
                    "Nobody signs in by a connection that a balancer has for itself: it has to say who the client is",
                    metadata: ["balancer": "\(connection.peer)"])
                connection.disconnect("the balancer in front of this host does not say who you are")
                continue
            }
            if !hasShownBanner, let banner = configuration.banner {
                hasShownBanner = true
                connection.showBanner(banner)
            }
            switch await dialogue.answer(request, on: connection) {
            case .goesOn: continue
            case .admitted(let admitted, let login): return (admitted, login)
            case .failed(let text): connection.disconnect(text)
            }
        }
        await dialogue.leave()
        return nil
    }

    private func serve(_ connection: SSHServerConnection, _ admitted: Admitted, _ login: LoginName) async {
        Self.watchIdleness(of: connection, every: configuration.idleConnection, on: loop)
        await withDiscardingTaskGroup { group in
            while let event = await connection.next() {
                switch event {
                case .authentication: continue
                case .opened(let channel):
                    let session = ChannelSession(
                        LoopBound(channel, on: loop), core: core, admitted: admitted, login: login,
                        clientAddress: connection.peer.host)
                    let key = ObjectIdentifier(channel)
                    sessions[key] = session
                    for what in unshown { await session.show(Texts.notAvailable(what, session.speech)) }
                    unshown = []
                    group.addTask {
                        await self.run(session, key)
                    }
                case .refused(let what): await tell(what)
                }
            }
        }
    }

    private func run(_ session: ChannelSession, _ key: ObjectIdentifier) async {
        await session.run()
        sessions[key] = nil
    }

    /// Says once, on any screen there is, what is not available. Requests for forwarding come before the screen does.
    private func tell(_ what: RefusedRequest) async {
        guard shown.insert(what).inserted else { return }
        if sessions.isEmpty { unshown.append(what) }
        for session in sessions.values { await session.show(Texts.notAvailable(what, session.speech)) }
    }

    /// A connection without a session is good for nothing here; it is kept for a while and then ended with a word.
    private nonisolated static func watchIdleness(
        of connection: SSHServerConnection, every pause: Duration, on loop: SSHLoop
    ) {
        loop.after(pause) { [weak connection] in
            guard let connection, connection.isOpen else { return }
            if connection.channels.isEmpty {
                connection.disconnect("nothing was opened on this connection for a while")
            } else {
                watchIdleness(of: connection, every: pause, on: loop)
            }
        }
    }
}
