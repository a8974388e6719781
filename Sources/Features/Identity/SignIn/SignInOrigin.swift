import Geolocation
import Kernel
import Tenancy

/// Where a sign-in comes from, and what the tenant wants its people to hear of that; found out before the transaction.
struct SignInOrigin: Sendable {
    /// Nil where nobody knows.
    var place: Place?
    /// For how many days a city stays familiar; nil where cities are no news.
    var cityDays: Int?
    /// Whether another address is news in a city that is familiar.
    var tellsOfAddresses = true
}

/// Looks an address up.
struct FindOrigin {
    let places: Places
    let tenants: TenantSettings

    func callAsFunction(_ address: String?, in scope: TenantScope) async throws -> SignInOrigin {
        guard let place = places.place(of: address) else { return SignInOrigin() }
        let tells = try await tenants.value(of: Setting.newCityNotices, in: scope)
        return SignInOrigin(
            place: place, cityDays: tells ? try await tenants.value(of: Setting.newCityDays, in: scope) : nil,
            tellsOfAddresses: try await tenants.value(of: Setting.newAddressNotices, in: scope))
    }
}

extension Place {
    /// As it is kept and told.
    var json: JSON { (try? JSONParser.parse(Self.schema.bytes(of: self))) ?? .null }

    /// Nil for what is none, such as what somebody else has written.
    init?(_ json: JSON?) {
        guard let json, let place = try? Self.schema.parse(json) else { return nil }
        self = place
    }
}
