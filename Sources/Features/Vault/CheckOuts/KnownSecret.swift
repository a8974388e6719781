package import FoundationEssentials
package import Kernel
import Postgres

/// People who were shown the secret that an account has now, and whose time with it is over. Another secret, and nobody
/// knows it: that is read from the version that was shown, and written down nowhere else.
package struct KnownSecret: WireValue, Sendable, Hashable {
    /// Whose check-out ended last.
    package let user: UserID
    package let userName: String
    package let endedAt: Date
    /// How many people in all.
    package let people: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user, note: "Whose check-out ended last.")
        Field("userName", \.userName, .text(0...200))
        Field("endedAt", \.endedAt)
        Field("people", \.people, .int(1...Int(Int32.max)), note: "How many people know it that way.")
    }
}

extension KnownSecret {
    /// Of an account `c`: the people as JSON, or null.
    static let column: SQL = """
        (select jsonb_build_object('people', count(distinct k.user_id),
                'ended', (extract(epoch from max(k.ended_at)) * 1000000)::bigint,
                'user', (array_agg(k.user_id order by k.ended_at desc, k.checkout_id desc))[1],
                'name', (array_agg(coalesce(w.name, '') order by k.ended_at desc, k.checkout_id desc))[1])
            from secret_checkouts k
            left join user_directory w on w.tenant_id = k.tenant_id and w.user_id = k.user_id
            where k.tenant_id = c.tenant_id and k.account_id = c.account_id and k.shown_version = c.secret_version
                and k.state = 'ended'
            having count(*) > 0)
        """

    /// Of an account `c`: whether there are any.
    static let exists = """
        exists (select from secret_checkouts k
            where k.tenant_id = c.tenant_id and k.account_id = c.account_id and k.shown_version = c.secret_version
                and k.state = 'ended')
        """

    /// What the column says.
    init?(_ json: JSON?) {
        guard let json, case .int(let people)? = json["people"], case .int(let ended)? = json["ended"],
            let user = json["user"]?.text.flatMap(UUID.init(uuidString:)), let name = json["name"]?.text
        else { return nil }
        self.init(
            user: UserID(user), userName: name,
            endedAt: Date(timeIntervalSince1970: Double(ended) / 1_000_000), people: Int(people))
    }
}
