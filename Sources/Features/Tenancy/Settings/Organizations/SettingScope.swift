package import Kernel
package import Postgres

/// Who may set a setting. What an organization sets holds for everything below it too.
package enum SettingScope: String, Sendable, CaseIterable, WireValue {
    /// The tenant, for all of it.
    case tenant
    /// Organizations too, each as it likes.
    case organization
    /// Organizations too, but never to more than holds above them: a smaller number is the stricter one.
    case lower
    /// Organizations too, but never to less than holds above them.
    case higher

    /// Whether an organization may have this value where the other one holds above it.
    func admits(_ value: JSON, below above: JSON) -> Bool {
        switch self {
        case .tenant: return false
        case .organization: return true
        case .lower, .higher:
            guard case .int(let value) = value, case .int(let above) = above else { return false }
            return self == .lower ? value <= above : value >= above
        }
    }
}

extension SettingKey where Value == Bool {
    /// Whether the tenant has switched this on that is off by default, as a column of a statement about a row with
    /// `tenant_id`.
    package func isOn(at row: SQL) -> SQL {
        """
        exists (
          select from tenant_setting_values said
          where said.tenant_id = \(fragment: row).tenant_id and said.key = \(name) and said.value = 'true')
        """
    }
}

extension SettingKey {
    /// What holds where organizations say something and the tenant says something. What was stricter when it was said
    /// and is looser now does not count.
    package func value(of tenant: Value, unless said: JSON?) -> Value {
        guard let said, declaration.scope.admits(said, below: plain(tenant)),
            let value = try? schema.parse(said)
        else { return tenant }
        return value
    }

    /// What organizations say, as a column of a statement about a row with `tenant_id` and `org_id`; null if nothing. At
    /// the top it is not looked for.
    package func said(at row: SQL) -> SQL {
        """
        (case when \(fragment: row).org_id <> \(fragment: row).tenant_id then (
          select said.value from gatehouse_setting(
            \(fragment: row).tenant_id, \(fragment: row).org_id, \(name), \(declaration.scope.rawValue), 0) said) end)
        """
    }
}
