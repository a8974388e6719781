import NIOCore

/// Does on a socket what an exchange says.
final class RADIUSHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private var exchange: RADIUSExchange
    private let answer: EventLoopPromise<RADIUSAnswer>
    private var alarm: Scheduled<Void>?
    private var isOver = false

    init(_ exchange: RADIUSExchange, _ answer: EventLoopPromise<RADIUSAnswer>) {
        self.exchange = exchange
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        take(exchange.begin(), context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        take(exchange.receive(Array(unwrapInboundIn(data).data.readableBytesView)), context)
    }

    /// What came back is the network's word that nothing listens there.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        take(.failed(.notThere), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(RADIUSError.notThere))
    }

    private func take(_ step: RADIUSExchange.Step, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        switch step {
        case .wait: return
        case .send(let bytes, let pause): send(bytes, pause, context)
        case .answered(let result):
            finish(.success(result))
            context.close(promise: nil)
        case .failed(let error):
            finish(.failure(error))
            context.close(promise: nil)
        }
    }

    private func send(_ bytes: [UInt8], _ pause: Duration, _ context: ChannelHandlerContext) {
        guard let server = context.channel.remoteAddress else { return take(.failed(.notThere), context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let envelope = AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: bytes))
        context.writeAndFlush(wrapOutboundOut(envelope)).whenFailure { _ in
            let (handler, context) = bound.value
            handler.take(.failed(.notThere), context)
        }
        alarm = context.eventLoop.scheduleTask(in: TimeAmount(pause)) {
            let (handler, context) = bound.value
            guard !handler.isOver else { return }
            handler.take(handler.exchange.wakeUp(), context)
        }
    }

    private func finish(_ result: Result<RADIUSAnswer, any Error>) {
        guard !isOver else { return }
        isOver = true
        alarm?.cancel()
        answer.completeWith(result)
    }
}
