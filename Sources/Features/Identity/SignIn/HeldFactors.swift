import Kernel
import Postgres
import Tenancy

/// What somebody has to confirm with, read with their row of `users`.
struct HeldFactors {
    /// Codes that are sent somewhere.
    struct Codes {
        /// Whether the person gets them.
        var isHeld = false
        /// Whether it is still there that they have to go.
        var isCurrent = true
        /// Whether the company lets them count.
        var isOn = false
        /// Whether there is anywhere to send them to, to begin with.
        var hasPlace = true

        var counts: Bool { isHeld && isCurrent && isOn }
    }

    let counted: Set<SecondFactorKind>
    let lapsed: Set<SecondFactorKind>
    let mayAdd: Set<CodeChannel>

    /// The columns that `init` reads, of a statement about `users u`.
    static let columns: SQL = """
        exists (
          select from totp_secrets s
          where s.tenant_id = u.tenant_id and s.user_id = u.user_id and s.confirmed_at is not null),
        exists (select from passkeys k where k.tenant_id = u.tenant_id and k.user_id = u.user_id),
        exists (
          select from code_factors f
          where f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.channel = 'email'),
        exists (
          select from code_factors f
          where f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.channel = 'email' and f.address = u.email),
        u.email is not null, \(fragment: Setting.emailCodes.isOn(at: "u")),
        exists (
          select from code_factors f
          where f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.channel = 'sms'),
        \(fragment: Setting.smsCodes.isOn(at: "u")),
        exists (select from radius_factors f where f.tenant_id = u.tenant_id and f.user_id = u.user_id),
        \(fragment: RADIUSFactorStore.counts),
        (select \(fragment: FaceComponentStore.counts) from face_factors f
          where f.tenant_id = u.tenant_id and f.user_id = u.user_id)
        """

    init(_ row: inout Row) throws {
        let (app, passkey): (Bool, Bool) = (try row.next(), try row.next())
        var (email, sms) = (Codes(), Codes())
        email.isHeld = try row.next()
        email.isCurrent = try row.next()
        email.hasPlace = try row.next()
        email.isOn = try row.next()
        sms.isHeld = try row.next()
        sms.isOn = try row.next()
        let (radius, radiusCounts): (Bool, Bool) = (try row.next(), try row.next())
        self.init(
            authenticator: app, passkey: passkey, codes: [.email: email, .sms: sms],
            radius: radius ? radiusCounts : nil, face: try row.next())
    }

    /// An address that the person has not confirmed, codes that count no longer, or a RADIUS server or a capture component
    /// that was switched off leave a factor that is asked for and replaced. `radius` and `face` say whether it counts, for
    /// whoever has it.
    init(
        authenticator: Bool, passkey: Bool, codes: [CodeChannel: Codes], radius: Bool? = nil, face: Bool? = nil
    ) {
        var counted: Set<SecondFactorKind> = []
        var lapsed: Set<SecondFactorKind> = []
        var mayAdd: Set<CodeChannel> = []
        if authenticator { counted.insert(.authenticator) }
        if passkey { counted.insert(.passkey) }
        if let radius {
            if radius { counted.insert(.radius) } else { lapsed.insert(.radius) }
        }
        if let face {
            if face { counted.insert(.face) } else { lapsed.insert(.face) }
        }
        for (channel, one) in codes {
            if one.counts {
                counted.insert(channel.factor)
            } else if one.isHeld {
                lapsed.insert(channel.factor)
            }
            if one.isOn, one.hasPlace, !one.counts { mayAdd.insert(channel) }
        }
        self.counted = counted
        self.lapsed = lapsed
        self.mayAdd = mayAdd
    }
}
