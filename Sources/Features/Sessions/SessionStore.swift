import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// The statements about sessions.
enum SessionStore {
    /// Which tenants a worker's sessions belong to: a worker does not know, and finds none but its own.
    static func homes(of sessions: [SessionID], on worker: WorkerID) -> SQL {
        """
        select session_id, tenant_id from sessions where worker_id = \(worker) and session_id = any(\(sessions))
        """
    }

    static func insert(_ new: NewSession, tenant: TenantID) -> SQL {
        """
        insert into sessions (
          tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id, account_name, protocol,
          channel, command_line, grant_id, worker_id, client_address, entrance, created_at, hours_until,
          expires_at, lease_until, recording_id, trace_id)
        values (
          \(tenant), \(new.id), \(new.user.id), \(new.user.name), \(new.asset.id), \(new.asset.name),
          \(new.account), \(new.accountName), \(new.protocol), \(new.channel), \(new.command.bind), \(new.grant),
          \(new.worker), \(new.clientAddress), \(new.entrance), \(new.createdAt),
          (select \(new.grantEndsAt.bind)::timestamptz from grant_states g
            where g.tenant_id = \(tenant) and g.grant_id = \(new.grant)
              and g.ends_at is distinct from \(new.grantEndsAt.bind)::timestamptz),
          \(new.expiresAt), \(new.createdAt + LeaseTerms.presumedLost), \(new.recording.id), \(new.traceID))
        """
    }

    static func lock(_ id: SessionID, tenant: TenantID) -> SQL {
        """
        select \(fragment: SessionRow.columns) from sessions s
        where s.tenant_id = \(tenant) and s.session_id = \(id) for update
        """
    }

    /// Sessions that have not ended, in one order everywhere, so that two transactions do not wait for each other.
    static func lockLive(_ selection: SessionSelection, tenant: TenantID) -> SQL {
        """
        select \(fragment: SessionRow.columns) from sessions s
        where s.tenant_id = \(tenant) and s.state <> 'ended' \(fragment: selection.condition)
        order by s.session_id for update
        """
    }

    /// A worker's sessions with everything that they depend on.
    static func lockForLease(_ ids: [SessionID], on worker: WorkerID, tenant: TenantID) -> SQL {
        lockStanding("and s.worker_id = \(worker) and s.session_id = any(\(ids))", tenant: tenant)
    }

    /// Sessions that stand on a grant and have not ended, with everything that they depend on.
    static func lockStanding(on grant: GrantID, tenant: TenantID) -> SQL {
        lockStanding("and s.grant_id = \(grant) and s.state <> 'ended'", tenant: tenant)
    }

    private static func lockStanding(_ condition: SQL, tenant: TenantID) -> SQL {
        """
        select \(fragment: SessionRow.columns),
          t.state in ('trial', 'active'), coalesce(u.state = 'active', false), g.state,
          least(g.ends_at, s.hours_until)
        from sessions s
        join tenant_settings t on t.tenant_id = s.tenant_id
        left join user_directory u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
        left join grant_states g on g.tenant_id = s.tenant_id and g.grant_id = s.grant_id
        where s.tenant_id = \(tenant) \(fragment: condition)
        order by s.session_id for update of s
        """
    }

    /// Sessions that have not ended, with what was decided about.
    static func live(tenant: TenantID) -> SQL {
        """
        select session_id, user_id, user_name, asset_id, account_name from sessions
        where tenant_id = \(tenant) and state <> 'ended'
        """
    }

    /// Writes back what has changed in the course of sessions.
    static func save(_ rows: [SessionRow], leaseUntil: Date?, tenant: TenantID) -> SQL {
        let lives = rows.map(\.life)
        return """
            update sessions s set
              state = n.state, connected_at = n.connected_at, ended_at = n.ended_at, end_reason = n.end_reason,
              end_text = n.end_text, closed_at = n.closed_at, report_sequence = n.report_sequence,
              fact_sequence = n.fact_sequence, seconds = n.seconds, bytes_in = n.bytes_in, bytes_out = n.bytes_out,
              recorded_bytes = n.recorded_bytes, command_count = n.command_count, expires_at = n.expires_at,
              lease_until = coalesce(\(leaseUntil.bind)::timestamptz, s.lease_until), version = s.version + 1
            from unnest(
              \(rows.map(\.id))::uuid[], \(lives.map(\.state))::text[], \(lives.map(\.connectedAt))::timestamptz[],
              \(lives.map(\.ending?.at))::timestamptz[], \(lives.map(\.ending?.reason))::text[],
              \(lives.map(\.ending?.text))::text[], \(lives.map(\.closedAt))::timestamptz[],
              \(lives.map(\.reportSequence))::bigint[], \(rows.map(\.factSequence))::bigint[],
              \(lives.map(\.counters.seconds))::bigint[], \(lives.map(\.counters.bytesIn))::bigint[],
              \(lives.map(\.counters.bytesOut))::bigint[], \(lives.map(\.counters.recordedBytes))::bigint[],
              \(lives.map(\.counters.commands))::bigint[], \(rows.map(\.expiresAt))::timestamptz[]
            ) as n (session_id, state, connected_at, ended_at, end_reason, end_text, closed_at, report_sequence,
              fact_sequence, seconds, bytes_in, bytes_out, recorded_bytes, command_count, expires_at)
            where s.tenant_id = \(tenant) and s.session_id = n.session_id
            """
    }

    static func saveExit(_ status: Int?, of id: SessionID, tenant: TenantID) -> SQL {
        "update sessions set exit_status = \(status.bind) where tenant_id = \(tenant) and session_id = \(id)"
    }

    static func insert(_ commands: [CommandView], tenant: TenantID) -> SQL {
        """
        insert into commands (
          tenant_id, command_id, at, session_id, user_name, asset_name, account_name, line, verdict, confidence,
          offset_us)
        select \(tenant), * from unnest(
          \(commands.map(\.id))::uuid[], \(commands.map(\.at))::timestamptz[], \(commands.map(\.session))::uuid[],
          \(commands.map(\.user))::text[], \(commands.map(\.asset))::text[], \(commands.map(\.account))::text[],
          \(commands.map(\.line))::text[], \(commands.map(\.verdict))::text[], \(commands.map(\.confidence))::text[],
          \(commands.map(\.offsetUs))::bigint[])
        """
    }

    /// Sessions of all tenants whose time is over, whose worker is silent, or whose worker may not work any more.
    static func due(at now: Date, limit: Int) -> SQL {
        """
        select s.tenant_id, s.session_id, w.state in ('quarantined', 'removed') from sessions s
        join worker_states w on w.worker_id = s.worker_id
        where s.state <> 'ended'
          and (s.expires_at <= \(now) or s.lease_until <= \(now) or w.state in ('quarantined', 'removed'))
        order by s.tenant_id, s.session_id limit \(limit)
        """
    }
}
