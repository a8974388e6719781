import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres

/// The statements about workers.
enum WorkerStore {
    private static let columns: SQL = """
        w.worker_id, w.name, w.pool, w.region, w.labels, w.state, w.program_version, w.ssh_endpoint, w.web_endpoint,
        coalesce((w.health ->> 'sessions')::bigint, 0), coalesce((w.health ->> 'load')::bigint, 0),
        coalesce((w.health ->> 'processors')::bigint, 1), coalesce((w.health ->> 'spoolBytes')::bigint, 0),
        w.enrolled_at, w.last_seen_at, w.unhealthy_since
        """

    static func list(_ page: PageRequest) -> SQL {
        "select \(fragment: columns) from workers w where w.state <> 'removed' \(page)"
    }

    static func find(_ id: WorkerID) -> SQL {
        "select \(fragment: columns) from workers w where w.worker_id = \(id)"
    }

    static func decode(_ row: inout Row, at now: Date) throws -> Worker {
        let id: WorkerID = try row.next()
        let name: String = try row.next()
        let place = try WorkerPlace(&row)
        let state: WorkerState = try row.next()
        let version: String = try row.next()
        let sshEndpoint: String = try row.next()
        let webEndpoint: String = try row.next()
        let sessions: Int = try row.next()
        let load: Int = try row.next()
        let processors: Int = try row.next()
        let spoolBytes: Int = try row.next()
        let enrolledAt: Date = try row.next()
        let lastSeenAt: Date = try row.next()
        return Worker(
            id: id, name: name, pool: place.pool, region: place.region, labels: place.labels, state: state,
            isConnected: state.isServed && now.timeIntervalSince(lastSeenAt) < Worker.deadAfter, version: version,
            sshEndpoint: sshEndpoint, webEndpoint: webEndpoint, sessions: sessions, load: load, processors: processors,
            spoolBytes: spoolBytes, enrolledAt: enrolledAt, lastSeenAt: lastSeenAt, unhealthySince: try row.next())
    }

    /// What is known of a worker that wants to be served.
    static func standing(_ id: WorkerID) -> SQL {
        """
        select name, state, signing_key, previous_signing_key, previous_key_until, sealing_key from workers
        where worker_id = \(id)
        """
    }

    static func insert(
        _ id: WorkerID, _ request: EnrolRequest, _ place: WorkerPlace, at now: Date
    ) -> SQL {
        """
        insert into workers (
          worker_id, name, pool, region, labels, signing_key, sealing_key, program_version, ssh_endpoint, web_endpoint,
          enrolled_at, last_seen_at)
        values (
          \(id), \(request.name), \(place.pool), \(place.region), \(place.labels.json), \(request.signingKey.value),
          \(request.sealingKey.value), \(request.version), \(request.sshEndpoint), \(request.webEndpoint), \(now), \(now))
        """
    }

    static func rotate(_ id: WorkerID, to request: RotateKeysRequest, oldUntil: Date) -> SQL {
        """
        update workers set
          previous_signing_key = signing_key, previous_key_until = \(oldUntil),
          signing_key = \(request.signingKey.value), sealing_key = \(request.sealingKey.value)
        where worker_id = \(id)
        """
    }

    static func setHealth(_ id: WorkerID, _ report: HealthReport, at now: Date) -> SQL {
        let health: JSON = [
            "sessions": .int(Int64(report.sessions)), "load": .int(Int64(report.load)),
            "processors": .int(Int64(report.processors)), "spoolBytes": .int(Int64(report.spoolBytes)),
            "program": .string(report.program),
        ]
        return """
            update workers set health = \(health), program_version = \(report.version), last_seen_at = \(now)
            where worker_id = \(id)
            """
    }

    static func setSeen(_ id: WorkerID, at now: Date) -> SQL {
        "update workers set last_seen_at = \(now) where worker_id = \(id) and last_seen_at < \(now)"
    }

    /// Remembers an assertion; changes no row if it was used before.
    static func use(_ assertion: WorkerAssertion) -> SQL {
        """
        insert into worker_assertions (worker_id, jti, expires_at)
        values (\(assertion.worker), \(assertion.id), \(assertion.expiresAt)) on conflict do nothing
        """
    }

    static func setPlace(_ id: WorkerID, _ place: WorkerPlace) -> SQL {
        """
        update workers set pool = \(place.pool), region = \(place.region), labels = \(place.labels.json)
        where worker_id = \(id) and state <> 'removed' returning name
        """
    }

    /// Notes workers of which nothing was heard since a moment, and names those that are new among them.
    static func missing(since moment: Date, at now: Date) -> SQL {
        """
        update workers set unhealthy_since = \(now)
        where state in ('active', 'draining') and unhealthy_since is null and last_seen_at < \(moment)
        returning worker_id, name, last_seen_at
        """
    }

    /// Notes workers that are heard of again, or that nobody waits for any more; names the former.
    static func back(since moment: Date) -> SQL {
        """
        update workers set unhealthy_since = null
        where unhealthy_since is not null
          and (last_seen_at >= \(moment) or state in ('quarantined', 'removed'))
        returning worker_id, name, last_seen_at, last_seen_at >= \(moment)
        """
    }
}

/// A worker's keys, and whether it is served.
struct WorkerStanding {
    let name: String
    let state: WorkerState
    let signingKey: [UInt8]
    let previousKey: [UInt8]?
    let previousKeyUntil: Date?
    let sealingKey: [UInt8]

    init(_ row: inout Row) throws {
        name = try row.next()
        state = try row.next()
        signingKey = try row.next()
        previousKey = try row.next()
        previousKeyUntil = try row.next()
        sealingKey = try row.next()
    }

    /// The keys with which it may sign now.
    func signingKeys(at now: Date) -> [[UInt8]] {
        guard let previousKey, let previousKeyUntil, previousKeyUntil > now else { return [signingKey] }
        return [signingKey, previousKey]
    }
}
