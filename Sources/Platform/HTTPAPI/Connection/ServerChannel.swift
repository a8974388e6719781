import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The handlers of one connection, in the order in which bytes come in: framing, parser, deadlines, requests.
struct ServerChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let limiter: ConnectionLimiter

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let isAdmitted = admit(channel)
        return channel.eventLoop.makeCompletedFuture {
            try Inheritance.refuse(channel)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FramingHandler())
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderListSize = 17 << 10
            decoder.maxHeaderFieldSize = 17 << 10
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(ConnectionHandler(limits: limits, now: .now()))
            let value = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            // Not by failing: that would be an error of the listener.
            if !isAdmitted { channel.close(promise: nil) }
            return value
        }
    }

    private func admit(_ channel: any Channel) -> Bool {
        let address = channel.remoteAddress?.ipAddress ?? "local"
        guard limiter.enter(address) else { return false }
        channel.closeFuture.whenComplete { [limiter] _ in limiter.leave(address) }
        return true
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
