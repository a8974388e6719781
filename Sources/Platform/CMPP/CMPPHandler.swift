import NIOCore

/// Does on a socket what a session says.
final class CMPPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var session: CMPPSession
    private let opened: EventLoopPromise<Void>
    private let onReport: @Sendable (CMPPReport) -> Void
    private var asked: [Int: EventLoopPromise<[CMPPMessageID]>] = [:]
    private var lastTicket = 0
    private var alarm: RepeatedTask?
    private var context: ChannelHandlerContext?
    private let start = ContinuousClock.now
    private var isOver = false

    init(
        _ session: CMPPSession, _ opened: EventLoopPromise<Void>, _ onReport: @escaping @Sendable (CMPPReport) -> Void
    ) {
        self.session = session
        self.opened = opened
        self.onReport = onReport
    }

    private var now: Duration { ContinuousClock.now - start }

    /// On the channel's event loop.
    func submit(_ message: CMPPMessage, _ promise: EventLoopPromise<[CMPPMessageID]>) {
        guard let context, !isOver else { return promise.fail(CMPPError.notThere) }
        lastTicket += 1
        asked[lastTicket] = promise
        take(session.submit(message, ticket: lastTicket, now: now), context)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let (handler, context) = bound.value
            handler.take(handler.session.wakeUp(now: handler.now), context)
        }
        take(session.begin(now: now), context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(session.receive(Array(unwrapInboundIn(data).readableBytesView), now: now), context)
    }

    /// A gateway that asks and does not read is not listened to until it does: what it is owed has to fit.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        context.channel.setOption(.autoRead, value: isWritable).whenFailure { _ in }
        if isWritable { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        take(session.hungUp(), context)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        take(session.hungUp(), context)
    }

    private func take(_ steps: [CMPPSession.Step], _ context: ChannelHandlerContext) {
        for step in steps {
            switch step {
            case .send(let bytes): context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .opened: opened.succeed()
            case .taken(let ticket, let messages): asked.removeValue(forKey: ticket)?.succeed(messages)
            case .failed(let ticket, let error): asked.removeValue(forKey: ticket)?.fail(error)
            case .report(let report): onReport(report)
            case .close(let error): finish(error ?? .notThere, context)
            }
        }
        context.flush()
    }

    private func finish(_ error: CMPPError, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        alarm?.cancel()
        self.context = nil
        opened.fail(error)
        for promise in asked.values { promise.fail(error) }
        asked = [:]
        context.flush()
        context.close(promise: nil)
    }
}
