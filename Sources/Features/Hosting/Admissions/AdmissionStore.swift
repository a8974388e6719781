import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions

/// The statements about admissions.
enum AdmissionStore {
    /// A worker finds only what was opened through it.
    static func home(of id: AdmissionID, on worker: WorkerID) -> SQL {
        "select tenant_id from admissions where worker_id = \(worker) and admission_id = \(id)"
    }

    static func find(_ id: AdmissionID, tenant: TenantID) -> SQL {
        """
        select admission_id, worker_id, connection, login, entrance, client_address, asset_id, account_name, stage,
          tries, user_id, way, public_key, ticket_id, created_at, expires_at
        from admissions where tenant_id = \(tenant) and admission_id = \(id)
        """
    }

    /// The same, held until the transaction ends.
    static func lock(_ id: AdmissionID, tenant: TenantID) -> SQL { "\(fragment: find(id, tenant: tenant)) for update" }

    static func decode(_ row: inout Row) throws -> Admission {
        let id: AdmissionID = try row.next()
        let worker: WorkerID = try row.next()
        let connection: String = try row.next()
        let login: String = try row.next()
        let entrance: Entrance = try row.next()
        let address: String = try row.next()
        let asset: AssetID? = try row.next()
        let account: String? = try row.next()
        let stage: String = try row.next()
        let tries: Int = try row.next()
        let user: UserID? = try row.next()
        let said: String? = try row.next()
        let way = Admission.Stage.way(said, key: try row.next())
        let ticket: TicketID? = try row.next()
        let target = asset.flatMap { asset in account.map { AdmittedTarget(account: $0, asset: asset) } }
        let parsed: Admission.Stage =
            switch (stage, user) {
            case ("admitted", .some(let user)): .admitted(user)
            case ("waiting", .some(let user)): .waiting(user, by: way, for: ticket)
            case ("answers", _): .asked(tries: tries)
            case ("challenge", _): .challenged(tries: tries)
            case ("browser", _): .browser(tries: tries)
            case ("code", .some(let user)):
                .code(tries: tries, of: user, by: said == nil ? .publicKeyAndCode : way)
            default: .refused
            }
        return Admission(
            id: id, worker: worker, connection: connection, login: login, entrance: entrance, clientAddress: address,
            target: target, stage: parsed, createdAt: try row.next(), expiresAt: try row.next())
    }

    static func save(_ admission: Admission, tenant: TenantID) -> SQL {
        let (stage, tries, user, way, key, ticket) = admission.stage.columns
        return """
            insert into admissions (
              tenant_id, admission_id, worker_id, connection, login, entrance, client_address, asset_id, account_name,
              stage, tries, user_id, way, public_key, ticket_id, created_at, expires_at)
            values (
              \(tenant), \(admission.id), \(admission.worker), \(admission.connection), \(admission.login),
              \(admission.entrance), \(admission.clientAddress), \((admission.target?.asset).bind),
              \((admission.target?.account).bind), \(stage), \(tries), \(user.bind),
              \(way), \(key), \(ticket.bind), \(admission.createdAt), \(admission.expiresAt))
            on conflict (tenant_id, admission_id) do update set
              stage = excluded.stage, tries = excluded.tries, user_id = excluded.user_id,
              way = excluded.way, public_key = excluded.public_key, ticket_id = excluded.ticket_id,
              expires_at = excluded.expires_at
            """
    }

    /// Takes an admission on that stands still where it stood: of two that would at once, one does.
    static func move(_ admission: Admission, from before: Admission.Stage, tenant: TenantID) -> SQL {
        let (stage, tries, user, way, key, ticket) = admission.stage.columns
        return """
            update admissions set
              stage = \(stage), tries = \(tries), user_id = \(user.bind), way = \(way), public_key = \(key),
              ticket_id = \(ticket.bind), expires_at = \(admission.expiresAt)
            where tenant_id = \(tenant) and admission_id = \(admission.id) and stage = \(before.columns.stage)
            """
    }

    /// Where somebody stands in front of a gateway now.
    static func workers(of user: UserID, at now: Date, tenant: TenantID) -> SQL {
        """
        select distinct worker_id from admissions
        where tenant_id = \(tenant) and user_id = \(user) and stage = 'admitted' and expires_at > \(now)
        """
    }

    /// Those who wait for a review, and where.
    static func waiting(for ticket: TicketID, tenant: TenantID) -> SQL {
        """
        select worker_id, admission_id from admissions
        where tenant_id = \(tenant) and ticket_id = \(ticket) and stage = 'waiting'
        """
    }

    /// The same of all reviews.
    static func waiting(tenant: TenantID) -> SQL {
        "select worker_id, admission_id from admissions where tenant_id = \(tenant) and stage = 'waiting'"
    }

    /// Those of a list who wait at a worker, and for what.
    static func waiting(_ list: [AdmissionID], on worker: WorkerID, at now: Date) -> SQL {
        """
        select admission_id, ticket_id, tenant_id from admissions
        where worker_id = \(worker) and admission_id = any(\(list)::uuid[]) and stage = 'waiting'
          and ticket_id is not null and expires_at > \(now)
        """
    }

    static func extend(_ id: AdmissionID, at now: Date, tenant: TenantID) -> SQL {
        """
        update admissions set
          expires_at = least(greatest(expires_at, \(now + Admission.lifetime)), created_at + interval '12 hours')
        where tenant_id = \(tenant) and admission_id = \(id)
        """
    }
}

extension Admission.Stage {
    fileprivate var columns: (stage: String, tries: Int, user: UserID?, way: String?, key: [UInt8]?, ticket: TicketID?)
    {
        switch self {
        case .asked(let tries): ("answers", tries, nil, nil, nil, nil)
        case .challenged(let tries): ("challenge", tries, nil, nil, nil, nil)
        case .browser(let tries): ("browser", tries, nil, nil, nil, nil)
        case .code(let tries, let user, .password): ("code", tries, user, "password", nil, nil)
        case .code(let tries, let user, _): ("code", tries, user, nil, nil, nil)
        case .waiting(let user, .password, let ticket): ("waiting", 0, user, "password", nil, ticket)
        case .waiting(let user, .publicKey(let key), let ticket): ("waiting", 0, user, "public-key", key, ticket)
        case .waiting(let user, .publicKeyAndCode, let ticket): ("waiting", 0, user, "public-key-and-code", nil, ticket)
        case .waiting(let user, .browser, let ticket): ("waiting", 0, user, "browser", nil, ticket)
        case .admitted(let user): ("admitted", 0, user, nil, nil, nil)
        case .refused: ("refused", 0, nil, nil, nil, nil)
        }
    }

    fileprivate static func way(_ text: String?, key: [UInt8]?) -> AdmissionWay {
        switch (text, key) {
        case (_, .some(let key)): .publicKey(key)
        case ("public-key-and-code", _): .publicKeyAndCode
        case ("browser", _): .browser
        default: .password
        }
    }
}
