import FoundationEssentials
import Geolocation
import Kernel
import Postgres
import Tenancy

/// The rows of places that people came in from.
enum FamiliarPlaceStore {
    /// A place stays for as long as a tenant can want to compare with it.
    static let lifetime = TimeInterval(Setting.longestNewCityDays) * 24 * 60 * 60
    private static let most = 50

    /// What is not familiar about a place.
    struct Look: Sendable {
        /// Whether it is known of any place that the person has been there.
        let knowsPerson: Bool
        let knowsPlace: Bool
    }

    /// Cities are the same by their number at GeoNames where both have one, else by their names: another database may have
    /// come. Where the city is not known, the country has to do.
    static func look(
        at user: UserID, from place: Place, within days: Int, _ now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Look {
        let since = now - TimeInterval(days) * 24 * 60 * 60
        let look = try await tx.first(
            """
            select count(*) > 0, coalesce(bool_or(p.signed_in_at > \(since) and (
              p.place_key = \(place.key)
              or p.country = \(place.country) and (\(place.city == nil)
                or (p.city_id is null or \(place.cityID)::bigint is null) and p.folded_name = \(place.folded)))), false)
            from familiar_places p
            where p.tenant_id = \(scope.tenant) and p.user_id = \(user) and p.signed_in_at > \(now - lifetime)
            """
        ) { Look(knowsPerson: try $0.next(), knowsPlace: try $0.next()) }
        return look ?? Look(knowsPerson: false, knowsPlace: false)
    }

    /// Somebody came in from there. The oldest of many makes room.
    static func note(
        _ user: UserID, _ place: Place, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            with gone as (
              delete from familiar_places f where f.tenant_id = \(scope.tenant) and f.user_id = \(user)
                and f.place_key in (
                  select o.place_key from familiar_places o
                  where o.tenant_id = \(scope.tenant) and o.user_id = \(user) and o.place_key <> \(place.key)
                  order by o.signed_in_at desc, o.place_key offset \(most - 1)))
            insert into familiar_places (tenant_id, user_id, place_key, country, city_id, folded_name, signed_in_at)
            values (\(scope.tenant), \(user), \(place.key), \(place.country), \(place.cityID)::bigint,
              \(place.folded), \(now))
            on conflict (tenant_id, user_id, place_key) do update set
              folded_name = excluded.folded_name, signed_in_at = excluded.signed_in_at
            """)
    }
}

extension Place {
    fileprivate var key: String { "\(country)/\(cityID.map(String.init) ?? "-\(folded)")" }
}
