import FoundationEssentials
import Kernel
import Postgres
import Synchronization

/// Keeps what operators say of messages that did not arrive: the last of it, and not more often than somebody would look.
final class UndeliveredMessages: Sendable {
    private static let pause = Duration.seconds(10)
    private static let most = 1000

    private let told = Mutex<[SMSGatewayID: ContinuousClock.Instant]>([:])

    /// Nobody waits for it: the message is gone in any case.
    func note(_ words: String, of gateway: SMSGatewayID, in scope: TenantScope, _ database: Database) {
        let now = ContinuousClock.now
        let isDue = told.withLock { told in
            if let last = told[gateway], now - last < Self.pause { return false }
            if told.count >= Self.most { told.removeAll(keepingCapacity: true) }
            told[gateway] = now
            return true
        }
        guard isDue else { return }
        Task { try? await SMSGatewayStore.note(words, of: gateway, at: Date(), in: scope, database) }
    }
}
