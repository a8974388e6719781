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
    package let state: WorkerState
    package let isConnected: Bool
    package let version: String
    package let sshEndpoint: String
    package let webEndpoint: String
    package let sessions: Int
    package let load: Int
    package let spoolBytes: Int
    package let enrolledAt: Date
    package let lastSeenAt: Date

    package init(
        id: WorkerID, name: String, pool: String, state: WorkerState, isConnected: Bool, version: String,
        sshEndpoint: String, webEndpoint: String, sessions: Int, load: Int, spoolBytes: Int, enrolledAt: Date,
        lastSeenAt: Date
    ) {
        self.id = id
        self.name = name
        self.pool = pool
        self.state = state
        self.isConnected = isConnected
        self.version = version
        self.sshEndpoint = sshEndpoint
        self.webEndpoint = webEndpoint
        self.sessions = sessions
        self.load = load
        self.spoolBytes = spoolBytes
        self.enrolledAt = enrolledAt
        self.lastSeenAt = lastSeenAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...63))
        Field("pool", \.pool, .text(1...63))
        Field("state", \.state)
        Field("isConnected", \.isConnected, note: "Whether it was heard of within the last 30 seconds.")
        Field("version", \.version, .text(0...64))
        Field("sshEndpoint", \.sshEndpoint, .text(0...255))
        Field("webEndpoint", \.webEndpoint, .text(0...255))
        Field("sessions", \.sessions, .int(Counters.range))
        Field("load", \.load, .int(Counters.range), note: "Percent of one processor.")
        Field("spoolBytes", \.spoolBytes, .int(Counters.range))
        Field("enrolledAt", \.enrolledAt)
        Field("lastSeenAt", \.lastSeenAt)
    }

    /// What workers can be filtered and sorted by.
    package static let listing = Listing<Worker>(
        key: Column("id", "w.worker_id", \.id),
        order: .ascending("name"),
        sortable: ["name", "lastSeenAt"],
        columns: [
            Column("name", "w.name", \.name, .text(1...63)),
            Column("pool", "w.pool", \.pool, .text(1...63)),
            Column("state", "w.state", \.state),
            Column("lastSeenAt", "w.last_seen_at", \.lastSeenAt),
        ]
    )
}
