import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Observability

/// Watches over one connection: its deadlines, its end, its heartbeat, and problem documents for what never became a
/// request.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var state: ConnectionState
    private var ticker: RepeatedTask?
    private var refusal: String?
    private var problemBody: [UInt8]?
    private var closesAfterAnswer = false
    private var isQuiescing = false

    init(limits: ConnectionLimits, now: NIODeadline) {
        state = ConnectionState(limits: limits, now: now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let interval = state.limits.tick
        ticker = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (handler, context) = loopBound.value
            handler.tick(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        ticker?.cancel()
        ticker = nil
    }

    // MARK: The way in

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ConnectionEvent.headBegan: state.headBegan(.now())
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            // A stream of events would never end on its own; its client resumes elsewhere.
            if state.pending == 0 || state.isStreaming { context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .draining = state.inbound { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            state.headEnded(.now())
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let buffer): state.bodyCame(buffer.readableBytes)
        case .end: state.requestEnded()
        }
        context.fireChannelRead(data)
    }

    /// Everything that came from below as an error becomes the one error for which the server answers 400.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case ConnectionEvent.refused(let reason): refusal = reason
        case is HTTPParserError: break
        case is IOError, is ChannelError:
            context.fireErrorCaught(error)
            return
        default: break
        }
        context.fireErrorCaught(HTTPParserError.unknown)
    }

    // MARK: The way out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            guard head.status.kind != .informational else { break }
            context.write(wrapOutboundOut(.head(answer(head))), promise: promise)
            return
        case .body: state.wrote(.now())
        case .end:
            end(context, data, promise)
            return
        }
        context.write(data, promise: promise)
    }

    private func answer(_ head: HTTPResponse) -> HTTPResponse {
        let now = NIODeadline.now()
        var head = head
        if head.status == .badRequest, head.headerFields[.contentLength] == "0",
            head.headerFields[.connection] == "close"
        {
            // The server's own word for what it could not parse.
            let problem = Problem(.malformed, refusal.map { "\($0)." })
            (head, problemBody) = Self.response(problem)
            closesAfterAnswer = true
        }
        let isStream = head.headerFields[.contentType] == "text/event-stream"
        let isUnread = state.answerBegan(isStream: isStream, now)
        if isUnread || isQuiescing || closesAfterAnswer {
            head.headerFields[.connection] = "close"
            closesAfterAnswer = true
        }
        return head
    }

    private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        if let body = problemBody {
            context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
            problemBody = nil
        }
        state.answerEnded(.now())
        context.writeAndFlush(data, promise: promise)
        if closesAfterAnswer { drain(context) }
    }

    /// Ends our half, and reads on for a moment: closing at once would make the client lose the answer.
    private func drain(_ context: ChannelHandlerContext) {
        state.drain(.now())
        context.close(mode: .output, promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writability(context.channel.isWritable, .now())
        context.fireChannelWritabilityChanged()
    }

    // MARK: The clock

    private func tick(_ context: ChannelHandlerContext) {
        switch state.tick(.now()) {
        case .wait: break
        case .close: context.close(promise: nil)
        case .giveUp: giveUp(context)
        case .sendHeartbeat:
            state.wrote(.now())
            context.writeAndFlush(wrapOutboundOut(.body(ByteBuffer(string: ":\n\n"))), promise: nil)
        }
    }

    private func giveUp(_ context: ChannelHandlerContext) {
        let (head, body) = Self.response(Problem(.tooSlow))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    private static func response(_ problem: Problem) -> (HTTPResponse, [UInt8]) {
        let traceID = Trace.newID()
        let outgoing = Outgoing.problem(problem, traceID: traceID)
        let body: [UInt8] = if case .bytes(let bytes) = outgoing.body { bytes } else { [] }
        var fields = outgoing.headers
        fields[.connection] = "close"
        fields[.contentLength] = String(body.count)
        fields[.requestID] = traceID
        fields.append(contentsOf: SecurityHeaders.api)
        return (HTTPResponse(status: .init(code: outgoing.status), headerFields: fields), body)
    }
}
