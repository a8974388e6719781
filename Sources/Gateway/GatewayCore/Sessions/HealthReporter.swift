import GatewayContract
import Glibc
package import Logging
import ServiceLifecycle

/// Tells the control plane every few seconds that this worker lives, and how it is doing.
package struct HealthReporter: Service {
    private let controlPlane: ControlPlane
    private let registry: SessionRegistry
    private let spool: Spool
    private let version: String
    private let logger: Logger

    package init(
        controlPlane: ControlPlane, registry: SessionRegistry, spool: Spool, version: String, logger: Logger
    ) {
        self.controlPlane = controlPlane
        self.registry = registry
        self.spool = spool
        self.version = version
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var meter = LoadMeter()
            repeat {
                do throws(ControlPlaneError) {
                    let answer = try await controlPlane.health(
                        HealthReport(
                            sessions: registry.count, load: meter.percent(), processors: Self.processors,
                            spoolBytes: spool.measure(), version: version, program: "gatehouse-worker"))
                    apply(answer.state)
                } catch {
                    logger.warning("The health report was not taken", metadata: ["error": "\(error)"])
                }
            } while (try? await Task.sleep(for: .seconds(10))) != nil
        }
    }

    private static let processors = min(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 4096)

    private func apply(_ state: WorkerState) {
        switch state {
        case .active: registry.reopen()
        case .draining:
            registry.close("this gateway is being taken out of service; connect again to reach another one")
        case .quarantined, .removed:
            registry.close("this gateway is out of service")
            registry.endAll(.workerQuarantined, text: "this gateway is out of service")
        }
    }
}

/// The share of one processor that this process used since the last question.
struct LoadMeter {
    private var last = (used: 0.0, at: ContinuousClock.now)

    mutating func percent() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        let now = ContinuousClock.now
        let span = last.at.duration(to: now)
        let seconds = Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
        defer { last = (used, now) }
        return seconds > 0.001 ? max(0, Int((used - last.used) / seconds * 100)) : 0
    }
}
