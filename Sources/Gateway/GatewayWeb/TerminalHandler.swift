import NIOCore
import NIOWebSocket

/// Turns frames of one socket into events, and answers what the protocol asks for (RFC 6455 §5.5).
final class TerminalHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let socket: TerminalSocket
    private let silence: TimeAmount
    private var lastFrame = NIODeadline.now()
    private var timer: RepeatedTask?

    init(_ socket: TerminalSocket, silence: TimeAmount) {
        self.socket = socket
        self.silence = silence
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let interval = TimeAmount.nanoseconds(silence.nanoseconds / 3)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let me = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        timer = context.value.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            me.value.ping(context.value)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    private func ping(_ context: ChannelHandlerContext) {
        guard NIODeadline.now() - lastFrame < silence else { return context.close(promise: nil) }
        let frame = WebSocketFrame(fin: true, opcode: .ping, data: context.channel.allocator.buffer(capacity: 0))
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        lastFrame = .now()
        switch frame.opcode {
        case .binary:
            guard let message = TerminalFrame(Array(frame.unmaskedData.readableBytesView)) else {
                return refuse(context, .protocolError)
            }
            socket.deliver(.frame(message))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong: break
        case .connectionClose: context.close(promise: nil)
        default: refuse(context, .unacceptableData)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        socket.deliver(.gone)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        var reason = context.channel.allocator.buffer(capacity: 2)
        reason.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: reason)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in channel.close(promise: nil) }
    }
}
