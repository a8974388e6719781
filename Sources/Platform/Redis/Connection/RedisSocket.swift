import CHiredis
import Glibc

/// hiredis with a socket that never blocks. Confined to the connection's thread.
final class RedisSocket {
    /// The connection is of no more use; the text is for the log.
    struct Broken: Error {
        let reason: String
    }

    private let context: UnsafeMutablePointer<redisContext>
    /// Whether bytes wait for the socket to take them.
    private(set) var wantsToWrite = false

    /// Begins to connect.
    init(_ endpoint: RedisConfiguration.Endpoint) throws(Broken) {
        let context =
            switch endpoint {
            case .unix(let path): redisConnectUnixNonBlock(path)
            case .tcp(let host, let port): redisConnectNonBlock(host, CInt(clamping: port))
            }
        guard let context else { throw Broken(reason: "out of memory") }
        self.context = context
        // From here on `deinit` frees the context.
        guard context.pointee.err == 0 else { throw broken() }
    }

    deinit {
        redisFree(context)
    }

    var descriptor: CInt { context.pointee.fd }

    /// Says whether the attempt that the socket has just finished was a success.
    func checkConnected() throws(Broken) {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 else {
            throw Broken(reason: String(cString: strerror(code == 0 ? errno : code)))
        }
        guard context.pointee.connection_type == REDIS_CONN_TCP else { return }
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<CInt>.size))
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
    }

    func append(_ command: RedisCommand) throws(Broken) {
        let code = command.bytes.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard code == REDIS_OK else { throw broken() }
        wantsToWrite = true
    }

    func write() throws(Broken) {
        var isDone: CInt = 0
        guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw broken() }
        wantsToWrite = isDone == 0
    }

    /// Takes what the socket has, and hands over each reply that is complete.
    func read(_ receive: (RedisReply) throws(Broken) -> Void) throws(Broken) {
        guard redisBufferRead(context) == REDIS_OK else { throw broken() }
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw broken() }
            guard let reply else { return }
            defer { freeReplyObject(reply) }
            try receive(RedisReply(reply.assumingMemoryBound(to: redisReply.self).pointee))
        }
    }

    private func broken() -> Broken {
        withUnsafeBytes(of: context.pointee.errstr) { bytes in
            Broken(reason: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }
}
