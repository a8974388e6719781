package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// An address from which too many sign-ins failed.
package struct LockedAddress: WireValue {
    package let address: String
    package let failures: Int
    package let since: Date
    package let lastFailureAt: Date
    package let lockedUntil: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("address", \.address, .text(2...64), note: "An IPv4 address, or the /64 of an IPv6 one.")
        Field("failures", \.failures, .int(1...1_000_000_000))
        Field("since", \.since, note: "From when on the failures are counted.")
        Field("lastFailureAt", \.lastFailureAt)
        Field("lockedUntil", \.lockedUntil)
    }

    package static let listing = Listing<LockedAddress>(
        key: Column("address", "a.address", \.address, .text(2...64)), order: .descending("lockedUntil"),
        sortable: ["lockedUntil", "address"],
        columns: [
            Column("lockedUntil", "a.locked_until", \.lockedUntil),
            Column("address", "a.address", \.address, .text(2...64)),
        ])
}

/// The body that ends the lock of an address.
package struct UnlockAddressRequest: WireValue {
    package let address: String

    package init(address: String) {
        self.address = address
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("address", \.address, .text(2...64), note: "As it is listed.")
    }
}

/// Somebody who cannot sign in from where nobody knows them, because of failures.
package struct LockedAccount: WireValue {
    package let user: UserID
    package let login: String
    package let name: String
    package let failures: Int
    package let lockedUntil: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("failures", \.failures, .int(1...1_000_000_000))
        Field("lockedUntil", \.lockedUntil)
    }

    package static let listing = Listing<LockedAccount>(
        key: Column("user", "u.user_id", \.user), order: .descending("lockedUntil"),
        sortable: ["lockedUntil", "login", "name"],
        columns: [
            Column("lockedUntil", "u.locked_until", \.lockedUntil),
            Column("login", "u.login", \.login, .text(1...64)), Column("name", "u.name", \.name, .text(1...200)),
        ])
}
