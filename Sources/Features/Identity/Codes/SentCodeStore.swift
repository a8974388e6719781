import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The rows of codes that were sent, one a person and channel: the last one.
enum SentCodeStore {
    /// The table, which every sealed code is bound to.
    static let table = "sent_codes"

    /// What a sealed code is bound to in it.
    static func row(of user: UserID, by channel: CodeChannel) -> String { "\(user.text) \(channel.rawValue)" }

    /// The sealed codes that may still be used.
    static func find(
        _ user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [(channel: CodeChannel, sealed: [UInt8])] {
        try await database.query(
            """
            select channel, sealed_code from sent_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and expires_at > \(now)
              and tries < \(SentCode.mostTries) order by channel
            """, in: scope
        ) { (channel: try $0.next(), sealed: try $0.next()) }
    }

    /// Uses a code up and says where it went; nil if it has been used, is late, was guessed at too often, or went where it
    /// may not count from: for a proof that is anywhere but what was confirmed.
    static func use(
        _ code: FindCodes.Found, of user: UserID, isProof: Bool, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from sent_codes c
            where c.tenant_id = \(scope.tenant) and c.user_id = \(user) and c.channel = \(code.channel)
              and c.sealed_code = \(code.sealed) and c.expires_at > \(now) and c.tries < \(SentCode.mostTries)
              and case
                when \(isProof) then exists (
                  select from code_factors f
                  where f.tenant_id = \(scope.tenant) and f.user_id = c.user_id and f.channel = c.channel
                    and f.address = c.address)
                else c.channel = 'sms' or exists (
                  select from users u
                  where u.tenant_id = \(scope.tenant) and u.user_id = c.user_id and u.email = c.address)
              end
            returning c.address
            """
        ) { try $0.next() }
    }

    /// A guess is one at whatever was sent.
    static func countWrong(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue(
            """
            update sent_codes set tries = least(tries + 1, \(SentCode.mostTries))
            where tenant_id = \(scope.tenant) and user_id = \(user)
            """)
    }

    static func sentAt(
        _ user: UserID, by channel: CodeChannel, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Date? {
        try await tx.first(
            """
            select sent_at from sent_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and channel = \(channel)
            """
        ) { try $0.next() }
    }

    /// Keeps a code in place of the one before.
    static func put(
        _ sealed: [UInt8], of user: UserID, by channel: CodeChannel, to address: String, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into sent_codes (tenant_id, user_id, channel, address, sealed_code, sent_at, expires_at)
            values (\(scope.tenant), \(user), \(channel), \(address), \(sealed), \(now), \(now + SentCode.lifetime))
            on conflict (tenant_id, user_id, channel) do update set address = excluded.address,
              sealed_code = excluded.sealed_code, tries = 0, sent_at = excluded.sent_at,
              expires_at = excluded.expires_at
            """)
    }
}

/// The codes that somebody was sent, opened before the transaction that looks at them.
struct FindCodes {
    struct Found {
        let channel: CodeChannel
        let sealed: [UInt8]
        fileprivate let text: String

        func matches(_ typed: String) -> Bool { ProveCode.isSame(text, typed) }
    }

    let database: Database
    let keys: TenantKeys

    func callAsFunction(of user: UserID, at now: Date, in scope: TenantScope) async throws -> [Found] {
        var codes: [Found] = []
        for (channel, sealed) in try await SentCodeStore.find(user, at: now, in: scope, database) {
            let bytes = try await keys.open(
                sealed, table: SentCodeStore.table, row: SentCodeStore.row(of: user, by: channel), version: 1,
                in: scope)
            codes.append(Found(channel: channel, sealed: sealed, text: String(decoding: bytes, as: UTF8.self)))
        }
        return codes
    }
}
