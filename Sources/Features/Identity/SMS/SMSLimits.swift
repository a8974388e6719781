import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// How many messages go out, whatever they are for: each one costs money, and annoys whoever has not asked for it.
struct SMSLimits: Sendable {
    enum Purpose: String, SQLBindable {
        /// To a number that the person has confirmed.
        case code
        /// To one that they say is theirs: it may be anybody's.
        case confirmation
        case test
        /// That a request waits, to a number that the person has confirmed.
        case notice
    }

    static let hour: TimeInterval = 3600
    static let day: TimeInterval = 86_400
    /// For one person, codes and the rest each; of tests and confirmations also to one number.
    static let mostAnHour = 5
    static let mostADay = 10
    /// To one number that nobody has confirmed, whoever says that it is theirs.
    static let mostConfirmationsAnHour = 2
    static let mostTestsAnHour = 10
    static let mostNoticesAnHour = 4
    static let mostNoticesADay = 12

    let prefixes: CallingPrefixes?
    let mostOfCompany: Int

    /// What the company says; asked for before any transaction.
    static func read(_ tenants: TenantSettings, in scope: TenantScope) async throws -> SMSLimits {
        SMSLimits(
            prefixes: try await tenants.value(of: Setting.smsPrefixes, in: scope),
            mostOfCompany: try await tenants.value(of: Setting.smsPerHour, in: scope))
    }

    /// Whoever gives numbers, and whoever is told something, leaves enough to those who come in by codes: together they have
    /// half of what the company sends in an hour.
    private func hasHalf(_ sent: SMSSendStore.Count) -> Bool {
        sent.confirmations + sent.noticesOfCompany < max(1, mostOfCompany / 2)
    }

    func allow(_ number: PhoneNumber) -> Bool { prefixes?.contain(number.text) ?? false }

    /// Counts a message before it is sent, or says how long to wait.
    func take(
        _ number: PhoneNumber, for user: UserID, _ purpose: Purpose, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        guard allow(number) else { throw IdentityError.numberNotAllowed }
        let sent = try await SMSSendStore.count(number, for: user, purpose, at: now, in: scope, tx)
        if let last = sent.last, now < last + SentCode.pause {
            let seconds = (last + SentCode.pause).timeIntervalSince(now).rounded(.up)
            throw IdentityError.codeSentLately(seconds: max(1, Int(seconds)))
        }
        guard !isFull(sent, purpose) else { throw IdentityError.codesUsedUp }
        try await SMSSendStore.insert(number, for: user, purpose, at: now, in: scope, tx)
    }

    /// What others had sent to a number takes nothing from whoever has confirmed it.
    private func isFull(_ sent: SMSSendStore.Count, _ purpose: Purpose) -> Bool {
        if sent.ofPerson.hour >= Self.mostAnHour || sent.ofPerson.day >= Self.mostADay { return true }
        if sent.ofCompany >= mostOfCompany { return true }
        let isNumberFull = sent.toNumber.hour >= Self.mostAnHour || sent.toNumber.day >= Self.mostADay
        return switch purpose {
        case .code, .notice: false
        case .confirmation:
            isNumberFull || sent.confirmationsToNumber >= Self.mostConfirmationsAnHour
                || !hasHalf(sent)
        case .test: isNumberFull || sent.tests >= Self.mostTestsAnHour
        }
    }
}

extension SMSLimits {
    /// Counts a notice before it is sent; false if it does not go out. Codes let people in and notices only save them a
    /// look, so that notices have a count of their own, and share half of the company's with confirmations.
    func takeNotice(
        _ number: PhoneNumber, for user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        guard allow(number) else { return false }
        let sent = try await SMSSendStore.count(number, for: user, .notice, at: now, in: scope, tx)
        guard sent.notices.hour < Self.mostNoticesAnHour, sent.notices.day < Self.mostNoticesADay,
            sent.ofCompany < mostOfCompany, hasHalf(sent)
        else { return false }
        try await SMSSendStore.insert(number, for: user, .notice, at: now, in: scope, tx)
        return true
    }
}

/// The rows of messages that went out lately.
enum SMSSendStore {
    struct Count {
        /// To the number, whoever asked; for whoever has confirmed it, those of their own.
        let last: Date?
        /// To the number, whoever asked.
        let toNumber: (hour: Int, day: Int)
        /// Of those that the person had sent to numbers that were confirmed, or to others: one takes nothing from the other.
        let ofPerson: (hour: Int, day: Int)
        let ofCompany: Int
        let confirmationsToNumber: Int
        let confirmations: Int
        let tests: Int
        let notices: (hour: Int, day: Int)
        let noticesOfCompany: Int
    }

    /// One after the other in a company, until the transaction ends: what was counted stays true.
    static func count(
        _ number: PhoneNumber, for user: UserID, _ purpose: SMSLimits.Purpose, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Count {
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('sms-sends ' || \(scope.tenant)::uuid::text, 0))")
        let (hour, day) = (now - SMSLimits.hour, now - SMSLimits.day)
        let isProof = purpose == .code
        let count = try await tx.first(
            """
            select max(sent_at) filter (where number = \(number) and purpose <> 'notice'
                and (not \(isProof) or user_id = \(user))),
              count(*) filter (where number = \(number) and purpose <> 'notice' and sent_at > \(hour)),
              count(*) filter (where number = \(number) and purpose <> 'notice'),
              count(*) filter (where user_id = \(user) and purpose <> 'notice' and sent_at > \(hour)
                and (purpose = 'code') = \(isProof)),
              count(*) filter (
                where user_id = \(user) and purpose <> 'notice' and (purpose = 'code') = \(isProof)),
              count(*) filter (where sent_at > \(hour)),
              count(*) filter (where number = \(number) and purpose = 'confirmation' and sent_at > \(hour)),
              count(*) filter (where purpose = 'confirmation' and sent_at > \(hour)),
              count(*) filter (where purpose = 'test' and sent_at > \(hour)),
              count(*) filter (where (number = \(number) or user_id = \(user)) and purpose = 'notice'
                and sent_at > \(hour)),
              count(*) filter (where (number = \(number) or user_id = \(user)) and purpose = 'notice'),
              count(*) filter (where purpose = 'notice' and sent_at > \(hour))
            from sms_sends where tenant_id = \(scope.tenant) and sent_at > \(day)
            """
        ) { row in
            Count(
                last: try row.next(), toNumber: (try row.next(), try row.next()),
                ofPerson: (try row.next(), try row.next()), ofCompany: try row.next(),
                confirmationsToNumber: try row.next(), confirmations: try row.next(), tests: try row.next(),
                notices: (try row.next(), try row.next()), noticesOfCompany: try row.next())
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
