import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of the company's rules about flows and requests.
struct ApprovalRuleStore: Sendable {
    func rules(in scope: TenantScope, _ transaction: Transaction) async throws -> ApprovalRules {
        try await transaction.first(
            """
            select floors, most_open_per_person, most_open, version from approval_rules
            where tenant_id = \(scope.tenant)
            """
        ) { row in
            ApprovalRules(
                floors: try Schema<[ApprovalFloor]>.array(of: ApprovalFloor.schema, 0...50).parse(row.next()),
                mostOpenPerPerson: try row.next(), mostOpen: try row.next(), below: [], version: try row.next())
        }
            ?? ApprovalRules(
                floors: [], mostOpenPerPerson: ApprovalRules.usualPerPerson, mostOpen: ApprovalRules.usual, below: [],
                version: 0)
    }

    /// Replaces the rules; false if they are not those that were read.
    func save(
        _ rules: ApprovalRules, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        let floors = JSON.array(try rules.floors.map { try $0.written })
        return try await transaction.execute(
            """
            insert into approval_rules as p (tenant_id, floors, most_open_per_person, most_open, changed_at, version)
            select \(scope.tenant)::uuid, \(floors)::jsonb, \(rules.mostOpenPerPerson)::int, \(rules.mostOpen)::int,
                \(now)::timestamptz, 1
            where \(rules.version) = 0 or exists (select from approval_rules x where x.tenant_id = \(scope.tenant))
            on conflict on constraint approval_rules_pk do update
            set floors = excluded.floors, most_open_per_person = excluded.most_open_per_person,
                most_open = excluded.most_open, changed_at = excluded.changed_at, version = p.version + 1
            where p.version = \(rules.version)
            """) == 1
    }

    /// How many requests of one person and of everybody are open, counted no further than there may be. Whoever asks twice at
    /// once waits for themselves until the transaction ends, and for nobody else: a company may so have a few more than it
    /// may, a person not.
    func open(
        of user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> OpenRequests {
        try await transaction.enqueue(
            "select pg_advisory_xact_lock(hashtextextended('tickets ' || \(user)::uuid::text, 0))")
        let found: OpenRequests? = try await transaction.first(
            """
            select c.own_most, c.all_most,
                (select count(*) from (select from tickets t
                    where t.tenant_id = \(scope.tenant) and t.requester_id = \(user) and t.state = 'open'
                        and t.kind <> all(\(ReviewQuestion.kinds)::text[])
                    limit c.own_most) as own),
                (select count(*) from (select from tickets t
                    where t.tenant_id = \(scope.tenant) and t.state = 'open'
                        and t.kind <> all(\(ReviewQuestion.kinds)::text[]) limit c.all_most) as every)
            from (select coalesce(max(r.most_open_per_person), \(ApprovalRules.usualPerPerson)) as own_most,
                    coalesce(max(r.most_open), \(ApprovalRules.usual)) as all_most
                from approval_rules r where r.tenant_id = \(scope.tenant)) as c
            """
        ) { row in
            OpenRequests(
                mostOwn: try row.next(), most: try row.next(), own: try row.next(), all: try row.next())
        }
        guard let found else { throw TicketError.notFound }
        return found
    }
}

struct OpenRequests: Sendable {
    let mostOwn: Int
    let most: Int
    let own: Int
    let all: Int

    /// Throws unless there is room for one more.
    func check() throws(TicketError) {
        guard own < mostOwn else { throw .tooManyOpen(most: mostOwn) }
        guard all < most else { throw .companyHasTooManyOpen(most: most) }
    }
}
