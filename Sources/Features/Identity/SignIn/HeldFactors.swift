import Kernel
import Postgres
import Tenancy

/// What somebody has to confirm with, read with their row of `users`.
struct HeldFactors {
    let counted: Set<SecondFactorKind>
    let lapsed: Set<SecondFactorKind>
    let mayAddEmail: Bool

    /// The columns that `init` reads, of a statement about `users u`.
    static let columns: SQL = """
        exists (
          select from totp_secrets s
          where s.tenant_id = u.tenant_id and s.user_id = u.user_id and s.confirmed_at is not null),
        exists (select from passkeys k where k.tenant_id = u.tenant_id and k.user_id = u.user_id),
        exists (select from email_factors e where e.tenant_id = u.tenant_id and e.user_id = u.user_id),
        exists (
          select from email_factors e
          where e.tenant_id = u.tenant_id and e.user_id = u.user_id and e.address = u.email),
        u.email is not null, \(fragment: Setting.emailCodes.isOn(at: "u"))
        """

    init(_ row: inout Row) throws {
        let (app, passkey): (Bool, Bool) = (try row.next(), try row.next())
        let (email, isSame): (Bool, Bool) = (try row.next(), try row.next())
        let (hasAddress, isOn): (Bool, Bool) = (try row.next(), try row.next())
        self.init(
            authenticator: app, passkey: passkey, email: email, isConfirmedAddress: isSame, hasAddress: hasAddress,
            codesCount: isOn)
    }

    /// An address that the person has not confirmed, or codes that count no longer, leave an e-mail factor that is asked
    /// for and replaced.
    init(
        authenticator: Bool, passkey: Bool, email: Bool, isConfirmedAddress: Bool, hasAddress: Bool, codesCount: Bool
    ) {
        var counted: Set<SecondFactorKind> = []
        if authenticator { counted.insert(.authenticator) }
        if passkey { counted.insert(.passkey) }
        let emailCounts = email && isConfirmedAddress && codesCount
        if emailCounts { counted.insert(.email) }
        self.counted = counted
        lapsed = email && !emailCounts ? [.email] : []
        mayAddEmail = codesCount && hasAddress && !emailCounts
    }
}
