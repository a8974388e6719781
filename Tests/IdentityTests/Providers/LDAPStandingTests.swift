import Foundation
import LDAP
import Testing

@testable import Identity

/// What an entry says of itself: whether the account is switched off, and which group is the primary one.
@Suite struct LDAPStandingTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    private static func entry(_ attributes: [String: [String]]) -> LDAPEntry {
        LDAPEntry(
            dn: "cn=x",
            attributes: Dictionary(
                uniqueKeysWithValues: attributes.map { ($0.key.lowercased(), $0.value.map { Array($0.utf8) }) }))
    }

    @Test(arguments: [
        ("userAccountControl", "512"), ("userAccountControl", "66048"), ("userAccountControl", "-2147483136"),
        // Never, in two ways; and tomorrow.
        ("accountExpires", "0"), ("accountExpires", "9223372036854775807"), ("accountExpires", "134395560000000001"),
        ("msDS-UserAccountDisabled", "FALSE"), ("nsAccountLock", "false"),
        // Locks that end by themselves.
        ("pwdAccountLockedTime", "20261130080000Z"), ("lockoutTime", "134395559000000000"),
    ])
    func `whoever is let in there may come in`(attribute: String, value: String) {
        #expect(LDAPStanding(of: Self.entry([attribute: [value]]), at: Self.now) == .open)
    }

    @Test(arguments: [
        ("userAccountControl", ["514"]), ("userAccountControl", ["66050"]), ("userAccountControl", ["x"]),
        ("userAccountControl", ["512", "512"]), ("userAccountControl", [""]), ("msDS-UserAccountDisabled", ["TRUE"]),
        ("nsAccountLock", ["true"]), ("nsAccountLock", ["?"]), ("pwdAccountLockedTime", ["000001010000Z"]),
        ("pwdAccountLockedTime", ["00000101000000Z"]),
    ])
    func `whoever is switched off may not, nor whose state cannot be read`(attribute: String, values: [String]) {
        #expect(LDAPStanding(of: Self.entry([attribute: values]), at: Self.now) == .disabled)
    }

    @Test(arguments: [["1"], ["134394735999999999"], ["134394736000000000"], ["soon"], ["0", "0"]])
    func `an account that has expired is over`(values: [String]) {
        #expect(LDAPStanding(of: Self.entry(["accountExpires": values]), at: Self.now) == .expired)
    }

    @Test func `an entry that says nothing is one of a server without such accounts`() {
        #expect(LDAPStanding(of: Self.entry([:]), at: Self.now) == .open)
    }

    @Test func `a primary group has the domain's number with one of its own`() {
        func sid(_ bytes: [UInt8], group: [String]) -> [UInt8]? {
            ActiveDirectory.primaryGroup(
                of: LDAPEntry(
                    dn: "cn=x",
                    attributes: ["objectsid": [bytes], "primarygroupid": group.map { Array($0.utf8) }]))
        }
        let own: [UInt8] = [1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0x4F, 4, 0, 0]
        #expect(sid(own, group: ["513"]) == [1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 0, 0])
        #expect(sid(own, group: ["4294967295"])?.suffix(4) == [255, 255, 255, 255])
        for number in ["4294967296", "-1", "", "x"] { #expect(sid(own, group: [number]) == nil, "\(number)") }
        #expect(sid(own, group: []) == nil)
        // Too short, too long, of another kind.
        #expect(sid(Array(own.dropLast()), group: ["513"]) == nil)
        #expect(sid(own + [0], group: ["513"]) == nil)
        #expect(sid([2] + own.dropFirst(), group: ["513"]) == nil)
        #expect(sid([1, 0, 0, 0, 0, 0, 0, 5], group: ["513"]) == nil)
        #expect(sid([], group: ["513"]) == nil)
    }

    @Test func `what a server says of a refused bind is told apart by its code`() {
        func text(_ code: String) -> String {
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data \(code), v1db1"
        }
        let reasons: [String: ProviderRefusal.Reason] = [
            "530": .notNowThere, "531": .notFromHereThere, "532": .passwordExpiredThere, "533": .disabledThere,
            "701": .expiredThere, "773": .passwordToChangeThere, "775": .lockedThere,
        ]
        for (code, reason) in reasons { #expect(ActiveDirectory.bar(in: text(code))?.reason == reason, "\(code)") }
        for code in ["52e", "525", "0", "5330", ""] { #expect(ActiveDirectory.bar(in: text(code)) == nil, "\(code)") }
        #expect(ActiveDirectory.bar(in: "") == nil && ActiveDirectory.bar(in: "Invalid Credentials") == nil)
        #expect(ActiveDirectory.mismatch(in: text("52E")) == "wrong password")
    }
}
