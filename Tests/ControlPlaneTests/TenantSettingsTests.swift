import Foundation
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Settings of two tenants of one installation, as browsers meet them.
@Suite struct TenantSettingsTests {
    private let logo =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mPoElAAAAHiALttFuv0AAAAAElFTkSuQmCC"

    private func set(_ settings: JSON, by person: Person) async throws {
        let shown = try await person.call(.get, "/settings", expecting: 200)
        guard case .int(let version)? = shown.json["version"] else {
            Issue.record("\(shown.text)")
            return
        }
        try await person.call(.patch, "/settings", settings, version: Int(version), expecting: 200)
    }

    @Test func `two tenants look, speak and ask differently, each at its own host name`() async throws {
        let installation = try await Installation()
        let acme = try await installation.makeTenant("acme")
        let bolt = try await installation.makeTenant("bolt")
        try await set(
            [
                "general.name": "Acme Hosting", "locale.language": "zh", "branding.color": "#8a1020",
                "branding.logo": .string(logo), "sign-in.text": "Call 4711.", "host.name": "access.acme.test",
                "password.min-length": 20, "session.idle": 5,
            ], by: acme)

        let face = try await installation.call(.get, "/api/v1/auth/tenant", on: "acme")
        #expect(face["name"] == "Acme Hosting" && face["language"] == "zh" && face["color"] == "#8a1020")
        #expect(face["signInText"] == "Call 4711." && !face["logo"].isEmpty)
        let other = try await installation.call(.get, "/api/v1/auth/tenant", on: "bolt")
        #expect(other["name"] == "bolt" && other.json["color"] == .null && other.json["logo"] == .null)

        let image = try await installation.fetch("/api/v1/auth/logo", host: "acme.localhost")
        #expect(image.status == 200 && image.headers["Content-Type"] == "image/png")
        #expect(image.body.elementsEqual(Data(base64Encoded: logo) ?? Data()))
        #expect(image.headers["X-Content-Type-Options"] == "nosniff")
        #expect(image.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(try await installation.call(.get, "/api/v1/auth/logo", on: "bolt").status == 404)

        // Its own host name serves the same portal; nobody else's does.
        let own = try await installation.fetch("/api/v1/auth/tenant", host: "access.acme.test")
        #expect(own.status == 200 && String(decoding: own.body, as: UTF8.self).contains("Acme Hosting"))
        let strange = try await installation.fetch("/api/v1/auth/tenant", host: "access.bolt.test")
        #expect(strange.status == 400)

        // A password that is long enough for one is too short for the other.
        let request: (Person) -> JSON = {
            ["current": .string("correct horse of ada in \($0.slug)"), "password": "kV9#mtr2!xPq"]
        }
        let refused = try await acme.call(.post, "/me/password", request(acme), expecting: 422)
        #expect(refused.text.contains("20 characters"))
        #expect(try await bolt.call(.post, "/me/password", request(bolt)).status < 300)
    }

    @Test func `settings are the administrator's, and what they keep is in nobody's trail`() async throws {
        let installation = try await Installation()
        let acme = try await installation.makeTenant("acme")
        let bolt = try await installation.makeTenant("bolt")
        // A version of one's own is no way to another tenant's settings.
        let version = try await acme.call(.get, "/settings", expecting: 200)
        #expect(version.json["version"] != nil)
        try await set(["branding.logo": .string(logo)], by: bolt)
        let trail = try await bolt.call(.get, "/audit-events?filter=action%20eq%20%22settings.changed%22")
        #expect(trail.items.count == 1 && !trail.text.contains(logo) && trail.text.contains("sha256:"))
        #expect(try await acme.call(.get, "/settings").text.contains(logo) == false)
        #expect(try await installation.call(.get, "/api/v1/settings", on: "acme", cookie: bolt.cookie).status == 401)
    }
}
