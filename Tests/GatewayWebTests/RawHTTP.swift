import NIOCore
import NIOPosix

/// A client that sends exactly these bytes and returns what comes until the other side closes.
enum RawHTTP {
    static func upgrade(_ uri: String, origin: String?) -> String {
        let line = origin.map { "Origin: \($0)\r\n" } ?? ""
        return "GET \(uri) HTTP/1.1\r\nHost: x\r\n\(line)Connection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    }

    static func ask(_ port: Int, _ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            do {
                for try await buffer in inbound { answer += String(buffer: buffer) }
            } catch is IOError {
                // A reset is a way to close.
            }
            return answer
        }
    }
}
