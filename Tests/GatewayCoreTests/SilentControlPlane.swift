import GatewayContract
import GatewayCore

extension ControlPlane {
    /// A control plane that never answers; tests give it the answers that they are about.
    static let silent = ControlPlane(
        admit: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        waiting: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        targets: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        openSession: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        renew: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        events: { _, _ throws(ControlPlaneError) in throw .unreachable("silent") },
        report: { _, _ throws(ControlPlaneError) in throw .unreachable("silent") },
        end: { _, _ throws(ControlPlaneError) in throw .unreachable("silent") },
        upload: { _, _ throws(ControlPlaneError) in throw .unreachable("silent") },
        resume: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        reportHostKey: { _ throws(ControlPlaneError) in throw .unreachable("silent") },
        health: { _ throws(ControlPlaneError) in throw .unreachable("silent") }, requests: .none)
}
