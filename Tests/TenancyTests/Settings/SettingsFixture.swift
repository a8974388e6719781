import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tenancy

/// Settings behind their gate, with two tenants and somebody in each.
struct SettingsFixture {
    let stage: Stage
    let settings: Settings
    let values: TenantSettings
    let acme: TenantScope
    let bolt: TenantScope
    let ada: UserID
    let bob: UserID
    private let endpoints: [MountedEndpoint]

    init() async throws {
        stage = try await Stage { Issue.record("\($0)") }
        values = TenantSettings(database: stage.database, keys: stage.keys, lifetime: .zero)
        settings = Settings(
            database: stage.database, keys: stage.keys, values: values, baseDomain: "gate.example")
        endpoints = stage.mount(SettingRoutes.group, on: settings)
        acme = try await stage.makeTenant("acme")
        bolt = try await stage.makeTenant("bolt")
        ada = try await stage.makeUser("ada", in: acme)
        bob = try await stage.makeUser("bob", in: bolt)
    }

    func show(in scope: TenantScope) async throws -> Answer {
        try await stage.call(endpoints, "settings.show", by: scope == acme ? ada : bob, in: scope)
    }

    /// Changes what the body says, at the version that is.
    func change(_ body: JSON, version: Int? = nil, in scope: TenantScope) async throws -> Answer {
        var version = version
        if version == nil { version = try await show(in: scope).version }
        return try await stage.call(
            endpoints, "settings.change", body: body, by: scope == acme ? ada : bob, version: version, in: scope)
    }

    func changeMail(_ body: JSON) async throws -> Answer {
        let version = try await show(in: acme).version
        return try await stage.call(
            endpoints, "settings.change-mail-server", body: body, by: ada, version: version, in: acme)
    }

    func separateDuties() async throws {
        _ = try await stage.test.superuser().execute(
            "insert into duty_separations (tenant_id, is_on, since) values (\(acme.tenant), true, now())")
    }

    /// A setting as the API shows it.
    func item(_ key: String, in scope: TenantScope) async throws -> JSON {
        try #require(try await show(in: scope).items.first { $0["key"]?.text == key })
    }
}

// Organizations of Acme.
extension SettingsFixture {
    func makeOrganization(_ name: String, below parent: OrganizationID? = nil) async throws -> OrganizationID {
        try await stage.makeOrganization(name, below: parent, in: acme)
    }

    func change(_ body: JSON, version: Int? = nil, at place: OrganizationID) async throws -> Answer {
        var version = version
        if version == nil { version = try await show(at: place).version }
        return try await stage.call(
            endpoints, "settings.change-at", [place.text], body: body, by: ada, version: version, in: acme)
    }

    func show(at place: OrganizationID) async throws -> Answer {
        try await stage.call(endpoints, "settings.show-at", [place.text], by: ada, in: acme)
    }

    func item(_ key: String, at place: OrganizationID) async throws -> JSON {
        try #require(try await show(at: place).items.first { $0["key"]?.text == key })
    }
}

extension Answer {
    /// Where a problem says that something is wrong.
    var pointers: [String] {
        guard case .array(let errors)? = json["errors"] else { return [] }
        return errors.compactMap { $0["pointer"]?.text }
    }
}

/// A PNG of one colour, built by hand.
enum TestPNG {
    static func make(width: UInt32 = 8, height: UInt32 = 8, extra: [(String, [UInt8])] = []) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", bytes(width) + bytes(height) + [8, 2, 0, 0, 0])
        for (name, data) in extra { file += chunk(name, data) }
        // What is compressed in it is the browser's to read; the server looks at chunks.
        file += chunk("IDAT", [0x78, 0x9C, 0x63, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01])
        return file + chunk("IEND", [])
    }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bytes(UInt32(data.count)) + body + bytes(crc(body))
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
