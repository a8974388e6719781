import NIOCore

/// Does over TLS what an exchange says: one request on a connection of its own, and its answer.
final class RadSecHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var exchange: RADIUSExchange
    private let engine: RadSecEngine
    private let answer: EventLoopPromise<RADIUSAnswer>
    private var alarm: Scheduled<Void>?
    private var received: [UInt8] = []
    private var hasBegun = false
    private var isOver = false

    init(_ exchange: RADIUSExchange, _ engine: RadSecEngine, _ answer: EventLoopPromise<RADIUSAnswer>) {
        self.exchange = exchange
        self.engine = engine
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: TimeAmount(exchange.limit)) {
            let (handler, context) = bound.value
            handler.take(.failed(.timedOut), context)
        }
        goOn(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        engine.receive(Array(unwrapInboundIn(data).readableBytesView))
        goOn(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        take(.failed(hasBegun ? .hungUp : .notThere), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(hasBegun ? RADIUSError.hungUp : .untrusted("the server has ended the connection")))
    }

    private func goOn(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        let progress = hasBegun ? read(context) : begin(context)
        flush(context)
        // What ends after the handshake may have been heard, however it ends: asked again, a telephone would ring again.
        if case .failed(let reason) = progress { take(.failed(hasBegun ? .hungUp : .untrusted(reason)), context) }
    }

    private func begin(_ context: ChannelHandlerContext) -> RadSecEngine.Progress {
        let progress = engine.shakeHands()
        guard progress == .ready else { return progress }
        hasBegun = true
        guard case .send(let bytes, _) = exchange.begin() else { return .waits }
        let written = engine.write(bytes)
        guard written == .ready else { return written }
        return read(context)
    }

    private func read(_ context: ChannelHandlerContext) -> RadSecEngine.Progress {
        let (bytes, progress) = engine.read()
        received += bytes
        // As many packets as have come whole.
        while !isOver, received.count >= 4 {
            let length = Int(received[2]) << 8 | Int(received[3])
            guard RADIUSPacket.headBytes...RADIUSPacket.mostBytes ~= length else {
                take(.failed(.unbelievable(.malformed)), context)
                break
            }
            guard received.count >= length else { break }
            let packet = Array(received[..<length])
            received.removeFirst(length)
            take(exchange.receive(packet), context)
        }
        return isOver ? .waits : progress
    }

    private func flush(_ context: ChannelHandlerContext) {
        let bytes = engine.takeOutgoing()
        guard !bytes.isEmpty, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func take(_ step: RADIUSExchange.Step, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        switch step {
        case .wait, .send: return
        case .answered(let result):
            finish(.success(result))
            context.close(promise: nil)
        case .failed(let error):
            finish(.failure(error))
            context.close(promise: nil)
        }
    }

    private func finish(_ result: Result<RADIUSAnswer, any Error>) {
        guard !isOver else { return }
        isOver = true
        alarm?.cancel()
        answer.completeWith(result)
    }
}
