import Postgres

/// How long a password may be used, as statements ask it.
enum PasswordAge {
    /// Whether the password has to be changed before anything else, as a column of a statement about `users u`.
    ///
    /// What `gatehouse_password_end` says, spelled out where only the tenant has a say: the database plans the body of such
    /// a function anew in every statement, which takes longer than all the rest of a sign-in's.
    static let mustChange: SQL = """
        u.must_change_password or u.password_hash is not null and coalesce(case
          when u.org_id <> u.tenant_id then gatehouse_password_end(
            u.tenant_id, u.org_id, coalesce(u.password_changed_at, u.created_at))
          else coalesce(u.password_changed_at, u.created_at) + make_interval(days => (
            select nullif(least((v.value #>> '{}')::int, 3650), 3650) from tenant_setting_values v
            where v.tenant_id = u.tenant_id and v.key = 'password.max-age'))
          end <= now(), false)
        """
}
