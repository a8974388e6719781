package import FoundationEssentials
package import HTTPAPI
import Kernel
package import Logging
import ServiceLifecycle

/// Keeps what this node counts, every few seconds and once more at the end.
package struct SaveLevels: Service {
    private let levels: ServiceLevels
    private let counts: TenantLevels
    private let interval: Duration
    private let now: @Sendable () -> Date
    private let logger: Logger

    package init(
        levels: ServiceLevels, counts: TenantLevels, interval: Duration = .seconds(10),
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.levels = levels
        self.counts = counts
        self.interval = interval
        self.now = now
        self.logger = logger
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: interval)
                await save()
            }
        }
        await save()
    }

    private func save() async {
        let taken = counts.take()
        do {
            try await levels.save(taken, at: now())
        } catch {
            counts.giveBack(taken)
            logger.warning("Service levels could not be kept; they come later", metadata: ["error": "\(error)"])
        }
    }
}
