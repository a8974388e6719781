/// How much a client may cost us.
package struct SSHServerLimits: Sendable {
    /// Time for version line and key exchange.
    package var handshake: Duration
    /// Time until signed in.
    package var signIn: Duration
    /// Requests to sign in, questions and answers included.
    package var attempts: Int
    /// Open channels per connection.
    package var channels: Int
    /// Connections that have not signed in yet, all together.
    package var waiting: Int
    /// The same for one address (IPv6: one /64).
    package var waitingPerOrigin: Int

    package init(
        handshake: Duration = .seconds(15), signIn: Duration = .seconds(120), attempts: Int = 40, channels: Int = 10,
        waiting: Int = 1000, waitingPerOrigin: Int = 64
    ) {
        self.handshake = handshake
        self.signIn = signIn
        self.attempts = attempts
        self.channels = channels
        self.waiting = waiting
        self.waitingPerOrigin = waitingPerOrigin
    }
}
