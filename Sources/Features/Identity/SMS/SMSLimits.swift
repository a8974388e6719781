import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// How many messages go out, whatever they are for: each one costs money, and annoys whoever has not asked for it.
struct SMSLimits: Sendable {
    enum Purpose: String, SQLBindable {
        case code, test
    }

    static let hour: TimeInterval = 3600
    static let day: TimeInterval = 86_400
    /// To one number, and for one person.
    static let mostAnHour = 5
    static let mostADay = 10
    static let mostTestsAnHour = 10

    let prefixes: CallingPrefixes?
    let mostOfCompany: Int

    /// What the company says; asked for before any transaction.
    static func read(_ tenants: TenantSettings, in scope: TenantScope) async throws -> SMSLimits {
        SMSLimits(
            prefixes: try await tenants.value(of: Setting.smsPrefixes, in: scope),
            mostOfCompany: try await tenants.value(of: Setting.smsPerHour, in: scope))
    }

    func allow(_ number: PhoneNumber) -> Bool { prefixes?.contain(number.text) ?? false }

    /// Counts a message before it is sent, or says how long to wait.
    func take(
        _ number: PhoneNumber, for user: UserID, _ purpose: Purpose, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        guard allow(number) else { throw IdentityError.numberNotAllowed }
        let sent = try await SMSSendStore.count(number, for: user, at: now, in: scope, tx)
        if let last = sent.last, now < last + SentCode.pause {
            let seconds = (last + SentCode.pause).timeIntervalSince(now).rounded(.up)
            throw IdentityError.codeSentLately(seconds: max(1, Int(seconds)))
        }
        let isFull =
            sent.toNumber.hour >= Self.mostAnHour || sent.toNumber.day >= Self.mostADay
            || sent.ofPerson.hour >= Self.mostAnHour || sent.ofPerson.day >= Self.mostADay
            || sent.ofCompany >= mostOfCompany || (purpose == .test && sent.tests >= Self.mostTestsAnHour)
        guard !isFull else { throw IdentityError.codesUsedUp }
        try await SMSSendStore.insert(number, for: user, purpose, at: now, in: scope, tx)
    }
}

/// The rows of messages that went out lately.
enum SMSSendStore {
    struct Count {
        /// To the number, whoever asked.
        let last: Date?
        let toNumber: (hour: Int, day: Int)
        let ofPerson: (hour: Int, day: Int)
        let ofCompany: Int
        let tests: Int
    }

    /// One after the other in a company, until the transaction ends: what was counted stays true.
    static func count(
        _ number: PhoneNumber, for user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Count {
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('sms-sends ' || \(scope.tenant)::uuid::text, 0))")
        let (hour, day) = (now - SMSLimits.hour, now - SMSLimits.day)
        let count = try await tx.first(
            """
            select max(sent_at) filter (where number = \(number)),
              count(*) filter (where number = \(number) and sent_at > \(hour)),
              count(*) filter (where number = \(number)),
              count(*) filter (where user_id = \(user) and sent_at > \(hour)),
              count(*) filter (where user_id = \(user)),
              count(*) filter (where sent_at > \(hour)),
              count(*) filter (where purpose = 'test' and sent_at > \(hour))
            from sms_sends where tenant_id = \(scope.tenant) and sent_at > \(day)
            """
        ) { row in
            Count(
                last: try row.next(), toNumber: (try row.next(), try row.next()),
                ofPerson: (try row.next(), try row.next()), ofCompany: try row.next(), tests: try row.next())
        }
        guard let count else { throw IdentityError.codeNotSent }
        return count
    }

    static func insert(
        _ number: PhoneNumber, for user: UserID, _ purpose: SMSLimits.Purpose, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sms_sends (tenant_id, sms_send_id, user_id, number, purpose, sent_at)
            values (\(scope.tenant), \(UUID()), \(user), \(number), \(purpose), \(now))
            """)
    }
}
