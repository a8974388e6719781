import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// One server, two companies: whatever the one asks for, nothing of the other comes back.
@Suite(.serialized) struct CrossTenantTests {
    /// A body that each operation takes; those which name something in their path must have one here.
    static func body(_ operation: HTTPAPI.Operation, _ approver: String) -> JSON? {
        switch operation.name {
        case "users.change", "groups.rename", "nodes.change", "accounts.change", "webhooks.change",
            "identity-providers.change", "roles.change", "sms-gateways.change", "messenger-channels.change":
            ["name": "taken"]
        case "identity-providers.test": ["login": "bob"]
        case "users.assign-radius": ["provider": .string("idp_" + String(approver.dropFirst(4)))]
        case "sms-gateways.test": ["number": "+8613800000000"]
        case "identity-sync.change": ["createsUsers": .bool(false)]
        case "identity-sync.start": ["kind": "preview"]
        case "provisioning.change": ["enabled": true]
        case "provisioning.create-client": ["name": "taken"]
        case "provisioning.rotate-client": ["overlapHours": 1]
        case "me.set-token-sources": ["sources": ["10.0.0.0/8"]]
        case "me.show-device": ["token": "x"]
        case "me.confirm-device": ["token": "x", "isMe": false]
        case "identity-providers.finish-trial":
            ["provider": .string("idp_" + String(approver.dropFirst(4))), "state": "x", "code": "x"]
        case "assets.change": ["port": 1]
        case "webhooks.roll-secret": ["overlapHours": 1]
        case "webhooks.replay": ["which": "dead"]
        case "accounts.set-secret": ["secret": "stolen"]
        case "accounts.reveal", "check-outs.revoke", "access.revoke", "sessions.terminate", "recordings.key":
            ["reason": "curious"]
        case "break-glass.revoke": ["reason": "curious"]
        case "break-glass.review": ["outcome": "accepted"]
        case "break-glass.set-rules":
            ["rules": [["name": "taken", "groups": [.string("grp_" + String(approver.dropFirst(4)))]]]]
        case "flows.set-rules": ["floors": [["name": "taken", "asksPeople": true]], "mostOpenPerPerson": 1_000]
        case "break-glass.take":
            ["reason": "curious", "assets": [.string("ast_" + String(approver.dropFirst(4)))], "accounts": ["root"]]
        case "access.extend": ["endsAt": .string(Timestamp.text(Date() + 86_400))]
        case "tickets.decision-challenge": ["digest": .string(String(repeating: "0", count: 64))]
        case "tickets.decide":
            ["outcome": "approved", "digest": .string(String(repeating: "0", count: 64))]
        case "request-templates.replace": ["name": "taken"]
        case "tickets.comment": ["text": "hello"]
        case "tickets.reassign": ["level": 1, "to": ["user": .string(approver)]]
        case "tickets.copy": ["people": [["user": .string(approver)]]]
        case "organizations.change": ["name": "taken"]
        case "settings.change-at": ["session.idle": 5]
        case "settings.change-mail-server": ["mail.server": .null]
        case "organizations.merge": ["into": .string("org_" + String(approver.dropFirst(4)))]
        case "organizations.fill", "support.consent": [:]
        case "announcements.replace":
            ["title": "taken", "body": "x", "endsAt": "2035-01-01T00:00:00.000Z"]
        case "flows.try": ["user": .string(approver), "request": [:]]
        case "flows.replace":
            ["name": "taken", "levels": [["name": "x", "approvers": [["user": .string(approver)]]]]]
        default: nil
        }
    }

    static func method(_ operation: HTTPAPI.Operation) throws -> OutboundRequest.Method {
        try #require(OutboundRequest.Method(rawValue: operation.method.rawValue))
    }

    static func path(_ template: String) -> String { String(template.dropFirst(TenantAPI.base.count)) }

    @Test func `nothing of one company can be seen, changed or guessed from another`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let eve = bolt.person
        let me = try await eve.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""

        let lists = Catalogue.tenant.filter {
            $0.method == .get && !$0.path.contains("{") && $0.name != "events.stream"
        }
        for operation in lists {
            let answer = try await eve.call(.get, Self.path(operation.path))
            #expect([200, 404, 503].contains(answer.status), "\(operation.name): \(answer.text)")
            for (kind, id) in acme.ids { #expect(!answer.text.contains(id), "\(operation.name) shows \(kind)") }
            let own = try await acme.person.call(.get, Self.path(operation.path))
            #expect(own.status == answer.status, "\(operation.name)")
        }

        var tried = 0
        for operation in Catalogue.tenant where operation.path.contains("{") {
            let path = try #require(acme.path(of: Self.path(operation.path)), "\(operation.path) has no id to try")
            let body = Self.body(operation, me)
            if case .json = operation.body { #expect(body != nil, "\(operation.name) has no body to try") }
            let answer = try await eve.call(
                try Self.method(operation), path + (operation.name == "recordings.search" ? "?q=x" : ""), body,
                version: operation.precondition == .ifMatch ? 1 : nil)
            #expect(answer.status == 404, "\(operation.name): \(answer.status) \(answer.text)")
            tried += 1
        }
        #expect(tried > 40)

        // One's own group with somebody else's person in it.
        let mixed = try await eve.call(
            .put, "/groups/\(bolt.ids["groups"]!)/members/\(acme.ids["users"]!)")
        #expect(mixed.status == 404, "\(mixed.text)")
        // Nothing of Acme has changed.
        let asset = try await acme.person.call(.get, "/assets/\(acme.ids["assets"]!)", expecting: 200)
        #expect(asset.json["version"] == 1)
        #expect(try await acme.person.call(.get, "/tickets/\(acme.ids["tickets"]!)")["state"] == "open")
        #expect(try await acme.person.call(.get, "/grants/\(acme.ids["grants"]!)")["state"] == "active")
    }

    @Test func `nobody comes in without a credential, and none is good elsewhere`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await installation.makeTenant("bolt")
        let id = acme.ids
        for operation in Catalogue.tenant {
            let path = TenantAPI.base + (acme.path(of: Self.path(operation.path)) ?? "/x")
            let body = Self.body(operation, id["users"]!) ?? (operation.method == .get ? JSON?.none : [:])
            let method = try Self.method(operation)
            let nobody = try await installation.call(method, path, body, on: "acme")
            #expect(nobody.status == 401, "\(operation.name): \(nobody.status)")
            let cookie = try await installation.call(method, path, body, on: "bolt", cookie: acme.person.cookie)
            #expect(cookie.status == 401, "\(operation.name): \(cookie.status)")
            let token = try await installation.call(method, path, body, on: "bolt", bearer: acme.token)
            #expect(token.status == 401, "\(operation.name): \(token.status)")
            let elsewhere = try await installation.call(method, path, body, on: "provider", bearer: acme.token)
            #expect([401, 404].contains(elsewhere.status), "\(operation.name): \(elsewhere.status)")
            let provider = try await installation.call(
                method, path, body, on: "acme", bearer: installation.providerToken)
            #expect(provider.status == 401, "\(operation.name): \(provider.status)")
        }
        for operation in Catalogue.provider {
            let path = operation.path.replacing(/\{[a-zA-Z-]+\}/, with: "x")
            let method = try Self.method(operation)
            let body: JSON? = operation.method == .get ? JSON?.none : [:]
            #expect(try await installation.call(method, path, body, on: "provider").status == 401, "\(operation.name)")
            let tenant = try await installation.call(method, path, body, on: "provider", bearer: acme.token)
            #expect(tenant.status == 401, "\(operation.name)")
            let wrongHost = try await installation.call(
                method, path, body, on: "acme", bearer: installation.providerToken)
            #expect(wrongHost.status == 404, "\(operation.name): \(wrongHost.status)")
        }
        for operation in Catalogue.worker where !operation.isPublic && !operation.path.contains("{") {
            let method = try Self.method(operation)
            let body: JSON? = operation.method == .get ? JSON?.none : [:]
            #expect(try await installation.call(method, operation.path, body, on: "workers").status == 401)
            let token = try await installation.call(method, operation.path, body, on: "workers", bearer: acme.token)
            #expect(token.status == 401, "\(operation.name): \(token.status)")
        }
        #expect(try await bolt.call(.get, "/me").status == 200)
        #expect(try await installation.call(.get, "/api/v1/me", on: "nowhere").status == 400)
    }

    /// The ways in which a company is shut, what undoes each, and how it is told.
    static let closings: [(close: String, open: String, reason: String)] = [
        ("suspend", "resume", "tenant-suspended"), ("close", "cancel-closing", "tenant-closing"),
    ]

    @Test func `a company that is not open lets nobody do anything, and is as before when it opens again`()
        async throws
    {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let ada = acme.person
        let id = try await installation.provider(.get, "/tenants").items.first?["id"]?.text ?? ""
        for (close, open, reason) in Self.closings {
            let body: JSON? = close == "close" ? [:] : nil
            for _ in 0..<2 {
                let closed = try await installation.provider(.post, "/tenants/\(id)/\(close)", body)
                #expect(closed.status == 200, "\(closed.text)")
            }
            let word = close == "close" ? "closing" : "suspended"
            #expect(try await ada.call(.get, "/auth/tenant", expecting: 200).json["closure"]?["reason"]?.text == word)
            // Sessions of browsers, tokens of programs, and what takes no sign-in.
            for operation in Catalogue.tenant + Catalogue.public
            where !["auth.tenant", "auth.logo"].contains(operation.name) {
                let token = String(repeating: "a", count: 43)
                let path = ["{token}", "{state}", "{context}"].reduce(Self.path(operation.path)) {
                    $0.replacing($1, with: token)
                }
                let filled = try #require(acme.path(of: path), "\(operation.name)")
                let body: JSON? = operation.method == .get ? JSON?.none : [:]
                let method = try Self.method(operation)
                let answers =
                    operation.isPublic
                    ? [try await installation.call(method, TenantAPI.base + filled, body, on: "acme")]
                    : [
                        try await ada.call(method, filled, body),
                        try await installation.call(
                            method, TenantAPI.base + filled, body, on: "acme", bearer: acme.token),
                    ]
                for answer in answers {
                    #expect(answer.status == 403, "\(operation.name): \(answer.status) \(answer.text)")
                    #expect(answer["type"] == "urn:gatehouse:problem:tenant-closed", "\(operation.name)")
                    #expect(answer.text.contains(reason), "\(operation.name)")
                }
            }
            #expect(try await installation.provider(.post, "/tenants/\(id)/\(open)").status == 200)
            try await ada.call(.get, "/assets", expecting: 200)
            // The trail was kept all the while, and has the provider's part in it.
            let trail = try await ada.call(.get, "/audit-events?limit=100", expecting: 200)
            #expect(trail.items.filter { $0["actor"]?["kind"] == "provider" }.count >= 2, "\(close)")
        }
    }
}
