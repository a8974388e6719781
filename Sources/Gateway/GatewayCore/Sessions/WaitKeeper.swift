import GatewayContract
import Kernel
package import Logging
import ServiceLifecycle

/// Tells the control plane who still waits here to be let in, and calls those of whom it has news: one call for a thousand of
/// them. The event stream is speed; this is the truth.
package struct WaitKeeper: Service {
    private let controlPlane: ControlPlane
    private let waits: DecisionWaits
    private let interval: Duration
    private let logger: Logger

    /// The control plane takes somebody for gone of whom it has not heard for ninety seconds.
    package init(
        controlPlane: ControlPlane, waits: DecisionWaits, interval: Duration = .seconds(20), logger: Logger
    ) {
        self.controlPlane = controlPlane
        self.waits = waits
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { await look() }
        }
    }

    /// Looks now. The calls are made at once: behind each other, some that are not answered would make the next ones come so late
    /// that those whom they name are taken for gone.
    package func look() async {
        let all = waits.signIns
        await withDiscardingTaskGroup { group in
            for start in stride(from: 0, to: all.count, by: WaitingList.most) {
                let some = Array(all[start..<min(start + WaitingList.most, all.count)])
                group.addTask { await look(after: some) }
            }
        }
    }

    private func look(after some: [AdmissionID]) async {
        do throws(ControlPlaneError) {
            let news = try await controlPlane.waiting(WaitingList(admissions: some))
            for admission in news.admissions { waits.call(.signIn(admission)) }
        } catch {
            logger.warning(
                "Those who wait were not looked after",
                metadata: ["error": "\(error)", "people": "\(some.count)"])
        }
    }
}
