import GatewayContract
import HTTPAPI
import Kernel
import Postgres

/// The statements that read sessions for people.
enum SessionQueries {
    private static let columns: SQL = """
        s.session_id, s.user_id, s.user_name, s.asset_id, s.asset_name, s.account_name, s.protocol, s.channel,
        s.command_line, s.entrance, s.state, s.client_address, s.created_at, s.connected_at, s.ended_at, s.end_reason,
        s.end_text, s.exit_status, s.seconds, s.bytes_in, s.bytes_out, s.command_count,
        r.recording_id, r.state, r.bytes
        """

    static func list(_ page: PageRequest, _ user: UserID?, _ scope: TenantScope) -> SQL {
        """
        select \(fragment: columns) from sessions s
        join recordings r on r.tenant_id = s.tenant_id and r.recording_id = s.recording_id
        where s.tenant_id = \(scope.tenant) and (\(user.bind)::uuid is null or s.user_id = \(user.bind)) \(page)
        """
    }

    static func find(_ id: SessionID, _ scope: TenantScope) -> SQL {
        """
        select \(fragment: columns) from sessions s
        join recordings r on r.tenant_id = s.tenant_id and r.recording_id = s.recording_id
        where s.tenant_id = \(scope.tenant) and s.session_id = \(id)
        """
    }

    static func decode(_ row: inout Row) throws -> SessionView {
        SessionView(
            id: try row.next(), user: NamedUser(id: try row.next(), name: try row.next()),
            asset: NamedAsset(id: try row.next(), name: try row.next()), account: try row.next(),
            protocol: try row.next(), channel: try row.next(), commandLine: try row.next(), entrance: try row.next(),
            state: try row.next(), clientAddress: try row.next(), createdAt: try row.next(),
            connectedAt: try row.next(), endedAt: try row.next(), endReason: try row.next(), endText: try row.next(),
            exitStatus: try row.next(), seconds: try row.next(), bytesIn: try row.next(), bytesOut: try row.next(),
            commands: try row.next(),
            recording: RecordingView(id: try row.next(), state: try row.next(), bytes: try row.next()))
    }

    static func commands(_ page: PageRequest, _ session: SessionID?, _ scope: TenantScope) -> SQL {
        """
        select c.command_id, c.at, c.session_id, c.user_name, c.asset_name, c.account_name, c.line, c.verdict,
          c.confidence, c.offset_us
        from commands c
        where c.tenant_id = \(scope.tenant) and (\(session.bind)::uuid is null or c.session_id = \(session.bind)) \(page)
        """
    }

    static func decodeCommand(_ row: inout Row) throws -> CommandView {
        CommandView(
            id: try row.next(), at: try row.next(), session: try row.next(), user: try row.next(),
            asset: try row.next(), account: try row.next(), line: try row.next(), verdict: try row.next(),
            confidence: try row.next(), offsetUs: try row.next())
    }
}
