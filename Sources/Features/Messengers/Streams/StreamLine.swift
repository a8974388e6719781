import FoundationEssentials
import HTTPAPI
import Kernel
import Messaging
import Outbound

/// The connection of one channel, for as long as this server has it: another one takes its place before the vendor closes it.
struct StreamLine: Sendable {
    let held: HeldStream
    let keeper: StreamKeeper

    private var scope: TenantScope { TenantScope(tenant: held.tenant) }
    private var messengers: Messengers { keeper.messengers }
    private var settings: StreamKeeper.Settings { keeper.settings }

    /// A connection that stands.
    private struct Session: Sendable {
        let socket: WebSocket
        let stream: any ClickStream
        let channel: OpenChannel
        let pace = Pace()
        let since = ContinuousClock.now
    }

    private enum End: Sendable {
        /// The vendor is about to close it.
        case leaving(Session)
        /// It was listened to for long enough.
        case left
        /// It went wrong; nil if it is not wanted any more.
        case over(StreamFault?)
    }

    /// Until something goes wrong, which it says; nil when the connection is not wanted any more.
    func run() async -> StreamFault? {
        await withTaskGroup(of: End.self) { group in
            defer { group.cancelAll() }
            group.addTask { await stint() }
            while let end = await group.next() {
                switch end {
                case .left: continue
                case .over(let fault): return fault
                case .leaving(let session):
                    guard ContinuousClock.now - session.since >= settings.shortest else {
                        return StreamFault(.busy, "The vendor ends connections as soon as they stand.")
                    }
                    group.addTask { await listen(toTheEndOf: session) }
                    group.addTask { await stint() }
                }
            }
            return nil
        }
    }

    /// One connection, from asking where to until it ends.
    private func stint() async -> End {
        do {
            let session = try await messengers.vendor(within: settings.readiness) { try await connect() }
            guard let session else { return .over(nil) }
            return await serve(session)
        } catch {
            return .over(Self.fault(of: error))
        }
    }

    private func connect() async throws -> Session? {
        guard let sealed = try await messengers.channels.sealed([held.channel], in: scope, messengers.database).first,
            sealed.channel.version == held.revision, sealed.channel.state == .enabled
        else { return nil }
        let vault = try await ChannelVault(sealed.sealed, of: held.channel, messengers.keys, in: scope)
        let opened = try await EgressOpenings(database: messengers.database)(in: scope)
        let channel = OpenChannel(sealed.channel, vault.secrets, opened: opened, in: scope)
        guard var stream = channel.vendor.stream else { return nil }
        guard case .stream(let address) = try await messengers.ask(stream.open(), through: channel, at: keeper.clock())
        else { return nil }
        guard let url = try? OutboundURL(webSocket: address) else {
            throw StreamFault(.broken, "The vendor has not said where to connect to.")
        }
        let socket = try await WebSocket.connect(
            to: OutboundRequest(.get, url, opened: opened), with: keeper.client, idleTimeout: settings.silence)
        stream.connected(to: address)
        return Session(socket: socket, stream: stream, channel: channel)
    }

    private func serve(_ session: Session) async -> End {
        let isReady = Flag()
        return await withTaskGroup(of: End?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await read(session, isReady: isReady) }
            group.addTask {
                await Self.signs(session, every: settings.ping)
                return nil
            }
            group.addTask {
                guard (try? await Task.sleep(for: settings.readiness)) != nil, !isReady.isUp else { return nil }
                return .over(StreamFault(.unreachable, "The vendor has not said that the connection is ready."))
            }
            while let end = await group.next() { if let end { return end } }
            return .over(nil)
        }
    }

    /// The vendor's own sign of life begins at once, as its clients do: the answer says how often it is wanted.
    private static func signs(_ session: Session, every ping: Duration) async {
        var last: ContinuousClock.Instant?
        repeat {
            session.socket.ping()
            let now = ContinuousClock.now
            if let sign = session.stream.sign, last.map({ now - $0 >= session.pace.wanted }) ?? true {
                session.socket.send(sign)
                last = now
            }
        } while (try? await Task.sleep(for: ping)) != nil
    }

    private func listen(toTheEndOf session: Session) async -> End {
        _ = try? await messengers.vendor(within: settings.overlap) { await read(session, isReady: nil) }
        session.socket.close()
        session.socket.end()
        return .left
    }

    /// Reads until the connection ends; what it was told is answered before it does.
    private func read(_ session: Session, isReady: Flag?) async -> End {
        await withTaskGroup(of: Void.self) { calls in
            var rate = FrameRate(at: .now)
            var running = 0
            var stream = session.stream
            do {
                if session.stream.isReadyAtOnce, let isReady, try await !stands(isReady) { return .over(nil) }
                while let message = try await session.socket.next() {
                    try rate.count(at: .now)
                    guard let message = StreamMessage(message) else { continue }
                    for step in try stream.receive(message, at: .now) {
                        switch step {
                        case .send(let text): session.socket.send(text)
                        case .pace(let time): session.pace.want(time)
                        case .ready: if let isReady, try await !stands(isReady) { return .over(nil) }
                        case .leave: if isReady != nil { return .leaving(session) }
                        case .call(let call):
                            if running == settings.calls {
                                await calls.next()
                                running -= 1
                            }
                            running += 1
                            calls.addTask { await answer(call, session) }
                        }
                    }
                }
                return .over(StreamFault(.unreachable, "The vendor has closed the connection."))
            } catch {
                return .over(Self.fault(of: error))
            }
        }
    }

    /// False if the connection is another server's by now, or not wanted.
    private func stands(_ isReady: Flag) async throws -> Bool {
        isReady.raise()
        return try await keeper.connected(held)
    }

    /// What came over the connection is the vendor's: it was opened by the app's own secret. It counts as long as the channel
    /// is in use as it is, by this server and a company that is in use; otherwise it is not acknowledged, and told again to
    /// who has the connection then.
    private func answer(_ call: StreamCall, _ session: Session) async {
        let start = ContinuousClock.now
        var reply = CallbackReply.empty
        if let click = call.click {
            let now = keeper.clock()
            do {
                guard try await keeper.counts(held) else { return }
                let draft = AuditDraft.told(
                    "ticket.decided", over: "messenger-streams.take", in: scope, at: now, by: keeper.audit)
                reply = await messengers.answer(click, through: session.channel, audit: draft, at: now, in: scope)
            } catch {
                reply = session.channel.vendor.answer(.busy, to: click, face: nil, at: now)
            }
        }
        session.socket.send(session.stream.answer(call, with: reply, after: .now - start))
    }

    /// What went wrong, for administrators; nil for the end of this server, which says nothing about the vendor. A client that
    /// has stopped has broken, since it outlives its keeper: it is tried later, and not at once and for ever.
    static func fault(of error: any Error) -> StreamFault? {
        switch error {
        case let fault as StreamFault: fault
        case let fault as VendorFault:
            switch fault.kind {
            case .rest(let pause): StreamFault(.busy, fault.text, pause: pause ?? 30)
            case .refused, .staleToken: StreamFault(.refused, fault.text)
            case .again: StreamFault(.unreachable, fault.text)
            }
        case WebSocketError.outbound(let error): fault(of: error)
        case let error as WebSocketError: StreamFault(.broken, error.description)
        case OutboundError.cancelled, is CancellationError: nil
        case OutboundError.destinationRefused: StreamFault(.closed, "\(error)")
        case let error as OutboundError: StreamFault(.unreachable, error.description)
        default: StreamFault(.unreachable, "The connection cannot be opened now.")
        }
    }
}

extension StreamMessage {
    /// Nil for what only says that the other side is there.
    fileprivate init?(_ message: WebSocket.Message) {
        switch message {
        case .text(let text): self = .text(text)
        case .binary(let bytes): self = .binary(bytes)
        case .sign: return nil
        }
    }
}

extension WebSocket {
    fileprivate func send(_ message: StreamMessage) {
        switch message {
        case .text(let text): send(text)
        case .binary(let bytes): send(bytes)
        }
    }
}
