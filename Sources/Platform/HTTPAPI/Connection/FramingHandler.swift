import NIOCore

/// Lets only well-framed bytes through to the parser, and says when a request begins to arrive.
final class FramingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var framing = FramingGuard()
    private var rest = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if rest.readableBytes > 0 {
            rest.writeBuffer(&buffer)
            (buffer, rest) = (rest, ByteBuffer())
        }
        while true {
            switch framing.next(&buffer) {
            case .needMore:
                rest = buffer
                return
            case .headBegan: context.fireUserInboundEventTriggered(ConnectionEvent.headBegan)
            case .pass(let bytes): context.fireChannelRead(wrapInboundOut(bytes))
            case .refuse(let reason): context.fireErrorCaught(ConnectionEvent.refused(reason))
            }
        }
    }
}

/// What the lower half of a connection tells the upper one.
enum ConnectionEvent: Error {
    case headBegan
    case refused(String)
}
