package import Logging
import ServiceLifecycle

/// One connection to Redis, on a thread of its own, shared by everybody: commands of concurrent tasks travel together,
/// and replies come back in order.
///
/// - While Redis is away, commands fail at once with `unavailable`, and the connection is tried again with growing
///   pauses of at most two seconds. Only the very first attempt is waited for.
/// - A command is never sent twice: after a broken connection the caller decides.
/// - Commands that hold up or change the connection (`BLPOP`, `SUBSCRIBE`, `MULTI`, `MONITOR`) do not belong here; what must
///   be atomic is a script.
/// - The thread starts with the first command. `run()` waits for the end of the service; without it, call `stop()`, or let
///   go of the client.
package final class RedisClient: Service {
    private let configuration: RedisConfiguration
    private let mailbox: RedisMailbox

    package init(configuration: RedisConfiguration, logger: Logger) {
        self.configuration = configuration
        self.mailbox = RedisMailbox(configuration: configuration, logger: logger)
    }

    deinit {
        mailbox.stop()
    }

    /// Sends a command, name first, and returns its reply. Cancelling the task gives up the reply, not the command.
    ///
    /// - Parameter timeout: shorter than the configuration's, which holds for the connection as a whole.
    @discardableResult
    package func command(_ words: [String], timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        try await send(RedisCommand(words.map { Array($0.utf8) }), timeout: timeout)
    }

    /// The same for words that are no text.
    @discardableResult
    package func command(bytes words: [[UInt8]], timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        try await send(RedisCommand(words), timeout: timeout)
    }

    /// Whether the last thing known of Redis is that it answers. True before the first attempt.
    package var isAvailable: Bool { mailbox.isAvailable }

    package func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Ends what is under way with `RedisError.stopped` and returns when the thread is gone.
    package func stop() async {
        mailbox.stop()
        await mailbox.stopped()
    }

    private func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisReply {
        let call = RedisCall(command, deadline: .now + (timeout ?? configuration.commandTimeout))
        mailbox.submit(call)
        let reply = try await call.reply().get()
        if case .error(let code) = reply { throw .refused(code: code) }
        return reply
    }
}
