import NIOCore
import NIOHTTP1

/// Answers what is not a request for a terminal, and closes.
final class PlainHTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let isProbe = head.method == .GET && head.uri == "/livez"
        let text = isProbe ? "ok\n" : "This is the web terminal of a gateway. Open a terminal from the portal.\n"
        let headers: HTTPHeaders = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.utf8.count)",
            "cache-control": "no-store", "x-content-type-options": "nosniff", "connection": "close",
        ]
        let answer = HTTPResponseHead(version: .http1_1, status: isProbe ? .ok : .notFound, headers: headers)
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: text)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
