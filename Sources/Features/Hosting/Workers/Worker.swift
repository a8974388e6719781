package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel
import Postgres

extension WorkerState: SQLBindable, SQLDecodable {}

/// A gateway worker, as the provider sees it.
package struct Worker: WireValue, Equatable {
    /// After this much silence a worker is taken for dead.
    package static let deadAfter: TimeInterval = 30

    package let id: WorkerID
    package let name: String
    package let pool: String
    package let region: String
    package let labels: [WorkerLabel]
    package let state: WorkerState
    package let isConnected: Bool
    package let version: String
    package let sshEndpoint: String
    package let webEndpoint: String
    package let sessions: Int
    package let load: Int
    package let processors: Int
    package let spoolBytes: Int
    package let enrolledAt: Date
    package let lastSeenAt: Date
    package let unhealthySince: Date?

    package init(
        id: WorkerID, name: String, pool: String, region: String, labels: [WorkerLabel], state: WorkerState,
        isConnected: Bool, version: String, sshEndpoint: String, webEndpoint: String, sessions: Int, load: Int,
        processors: Int, spoolBytes: Int, enrolledAt: Date, lastSeenAt: Date, unhealthySince: Date?
    ) {
        self.id = id
        self.name = name
        self.pool = pool
        self.region = region
        self.labels = labels
        self.state = state
        self.isConnected = isConnected
        self.version = version
        self.sshEndpoint = sshEndpoint
        self.webEndpoint = webEndpoint
        self.sessions = sessions
        self.load = load
        self.processors = processors
        self.spoolBytes = spoolBytes
        self.enrolledAt = enrolledAt
        self.lastSeenAt = lastSeenAt
        self.unhealthySince = unhealthySince
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...63))
        Field("pool", \.pool, .text(1...63))
        Field("region", \.region, .text(0...63))
        Field("labels", \.labels, .array(of: WorkerLabel.schema, 0...32))
        Field("state", \.state)
        Field("isConnected", \.isConnected, note: "Whether it was heard of within the last 30 seconds.")
        Field("version", \.version, .text(0...64))
        Field("sshEndpoint", \.sshEndpoint, .text(0...255))
        Field("webEndpoint", \.webEndpoint, .text(0...255))
        Field("sessions", \.sessions, .int(Counters.range))
        Field("load", \.load, .int(Counters.range), note: "Percent of one processor.")
        Field("processors", \.processors, .int(1...4096))
        Field("spoolBytes", \.spoolBytes, .int(Counters.range))
        Field("enrolledAt", \.enrolledAt)
        Field("lastSeenAt", \.lastSeenAt)
        Field("unhealthySince", \.unhealthySince, note: "Since when it is missing; null while it is heard of.")
    }

    /// What workers can be filtered and sorted by.
    package static let listing = Listing<Worker>(
        key: Column("id", "w.worker_id", \.id),
        order: .ascending("name"),
        sortable: ["name", "lastSeenAt"],
        columns: [
            Column("name", "w.name", \.name, .text(1...63)),
            Column("pool", "w.pool", \.pool, .text(1...63)),
            Column("region", "w.region", \.region, .text(0...63)),
            Column("state", "w.state", \.state),
            Column("lastSeenAt", "w.last_seen_at", \.lastSeenAt),
        ]
    )
}
