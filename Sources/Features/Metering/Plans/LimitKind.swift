import Kernel
import Postgres

/// What a plan can limit.
package enum LimitKind: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// People who may sign in.
    case users
    /// Assets that are in service.
    case assets
    /// Sessions at the same time.
    case sessions
    /// Bytes of stored recordings.
    case recordedBytes = "recorded-bytes"
    case apiRequestsPerSecond = "api-requests-per-second"
    case webhookDeliveriesPerDay = "webhook-deliveries-per-day"
    case rotationsPerMonth = "rotations-per-month"
    /// Connections to gateways at the same time, of each worker.
    case gatewayConnections = "gateway-connections"
    /// Bytes per second through each worker.
    case gatewayBandwidth = "gateway-bandwidth"

    /// Whether use is counted against it; the others are rates, which are only held to.
    package var isCounted: Bool {
        switch self {
        case .users, .assets, .sessions, .recordedBytes, .webhookDeliveriesPerDay, .rotationsPerMonth: true
        case .apiRequestsPerSecond, .gatewayConnections, .gatewayBandwidth: false
        }
    }

    /// For a sentence: "5 of 5 users".
    var words: String {
        switch self {
        case .users: "users"
        case .assets: "assets"
        case .sessions: "sessions at the same time"
        case .recordedBytes: "bytes of recordings"
        case .apiRequestsPerSecond: "API requests per second"
        case .webhookDeliveriesPerDay: "webhook deliveries per day"
        case .rotationsPerMonth: "rotations per month"
        case .gatewayConnections: "gateway connections"
        case .gatewayBandwidth: "bytes per second through a gateway"
        }
    }
}
