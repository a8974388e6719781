import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A request that an operation of the tenant's API serves, as often as one likes: what it uses up is made anew each time.
struct ValidRequest {
    let method: OutboundRequest.Method
    let path: String
    var body: JSON?
    var version: Int?
}

extension Household {
    /// A valid request for an operation; nil where a test cannot have one.
    func request(for operation: HTTPAPI.Operation) async throws -> ValidRequest? {
        let template = CrossTenantTests.path(operation.path)
        let me = try await person.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        var request = ValidRequest(
            method: try CrossTenantTests.method(operation), path: path(of: template) ?? template,
            body: creation(operation.name) ?? CrossTenantTests.body(operation, me))
        if let consumed = try await consumable(operation.name) {
            request = ValidRequest(method: request.method, path: consumed, body: request.body)
        } else if template.contains("{"), path(of: template) == nil {
            return nil
        }
        switch operation.name {
        // It would end the session in which everything else is asked, or needs a code of the next half minute.
        case "me.sign-out", "me.password", "me.step-up", "me.confirm-authenticator", "me.remove-authenticator":
            return nil
        // It takes an authenticator that answers, or that there is none yet.
        case "me.add-passkey", "me.step-up-passkey", "me.offer-authenticator": return nil
        case "me.begin-binding": request.body = ["provider": .string(try await bindable())]
        // It takes a mailbox.
        case "me.email-code", "me.add-email-factor", "me.remove-email-factor", "tickets.open-mail-link": return nil
        // It takes RADIUS servers that answer.
        case "me.step-up-radius": return nil
        // It takes a capture component that answers.
        case "me.begin-face-step-up", "me.step-up-face", "me.confirm-face", "me.remove-face": return nil
        case "me.enrol-face":
            try await lookAtFaces()
            request.body = ["consent": true]
        case "users.remove-face": try await giveFace(to: ids["users"]!)
        case "users.assign-radius": request.body = ["provider": .string(try await radius())]
        case "users.remove-radius":
            _ = try await person.call(
                .put, request.path, ["provider": .string(try await radius())], expecting: 200)
        // It takes a telephone.
        case "me.sms-code", "me.add-sms-factor", "me.remove-sms-factor", "sms-gateways.test": return nil
        case "sms-gateways.order":
            let gateways = try await person.call(.get, "/sms-gateways").items
            request.body = ["items": .array(gateways.compactMap { $0["id"] })]
        // It takes three administrators, and two who agree.
        case "duties.propose", "duties.withdraw", "duties.decide": return nil
        // It does not end by itself.
        case "events.stream": return nil
        case "sign-in-links.issue":
            // Somebody for whom no directory vouches.
            let made = try await person.call(.post, "/users", creation("users.create"), expecting: 201)
            request.body = ["user": .string(made["id"]), "landing": "/my/assets"]
        // It takes somebody else who has taken it, and for a late review a day.
        case "break-glass.revoke", "break-glass.review": return nil
        case "break-glass.take": request.body = try await emergency(of: me)
        case "tickets.reassign":
            let made = try await person.call(.post, "/users", creation("users.create"), expecting: 201)
            request.body = [
                "level": 1, "from": .string(ids["users"]!), "to": ["user": .string(made["id"])],
            ]
        case "passkey-roots.add": request.body = try await Self.passkeyRoot()
        case "me.add-ssh-key": request.body = try await Self.sshKey()
        case "lockout.unlock-address": request.body = ["address": .string(try await lockedAddress())]
        case "recordings.search": request = ValidRequest(method: .get, path: request.path + "?q=x")
        case "tickets.decision-challenge":
            let ticket = try await person.call(.get, request.path.replacing("/decision-challenge", with: ""))
            request.body = ["digest": .string(ticket["digest"]), "assets": [.string(ids["assets"]!)]]
        case "tickets.decide":
            let ticket = try await person.call(.get, request.path.replacing("/decision", with: ""))
            request.body = ["outcome": "approved", "digest": .string(ticket["digest"])]
        default: break
        }
        if operation.precondition == .ifMatch {
            request.version = try await version(of: request.path)
        }
        return request
    }

    func version(of path: String) async throws -> Int? {
        // A node, a flow, an organization and a role are shown only among others.
        let parts = path.split(separator: "/").map(String.init)
        let isListed = ["nodes", "flows", "organizations", "roles", "request-templates"].contains(parts[0])
        let shown = try await person.call(.get, isListed ? "/\(parts[0])" : path)
        let thing =
            isListed
            ? shown.json.everything.first { $0["id"]?.text == parts[1] && $0["version"] != nil } : shown.json
        guard case .int(let version)? = thing?["version"] ?? thing?["user"]?["version"] else { return nil }
        return Int(version)
    }

    /// What may be taken in an emergency, by a rule that is for this person.
    func emergency(of me: String) async throws -> JSON {
        let group = ids["groups"]!
        try await person.call(.put, "/groups/\(group)/members/\(me)")
        try await person.call(
            .put, "/break-glass-rules", ["rules": [["name": "On call", "groups": [.string(group)]]]],
            version: try await version(of: "/break-glass-rules"), expecting: 200)
        return ["reason": "Nobody can log in", "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
    }

    /// RADIUS servers for the second factor, which nobody can reach.
    func radius() async throws -> String {
        let there = try await person.call(.get, "/identity-providers").items.first {
            $0["settings"]?["use"]?.text == "second-factor"
        }
        if let id = there?["id"]?.text { return id }
        let made = try await person.call(
            .post, "/identity-providers",
            [
                "name": "Tokens", "secret": "of no use",
                "settings": [
                    "kind": "radius", "use": "second-factor", "servers": [["host": "192.0.2.9", "port": 1812]],
                ],
            ], expecting: 201)
        return made["id"]
    }

    /// A capture component, which nobody can reach.
    func lookAtFaces() async throws {
        let shown = try await person.call(.get, "/face-component", expecting: 200).json
        if shown["keyMadeAt"] == .null {
            person.note(try await person.call(.post, "/face-component/key", expecting: 201)["key"])
        }
        guard shown["enabled"] != true else { return }
        try await person.call(
            .put, "/face-component", creation("face-component.set"), version: try await version(of: "/face-component"),
            expecting: 200)
    }

    func giveFace(to user: String) async throws {
        _ = try await person.installation.test.superuser().execute(
            """
            insert into face_factors (tenant_id, user_id, tenant_key_id, sealed_vector, enrolled_at)
            select k.tenant_id, \(UserID(user)), k.tenant_key_id, '\\x00', now() from tenant_keys k
            where k.tenant_id = \(try await tenant()) order by k.created_at desc limit 1
            on conflict do nothing
            """)
    }

    /// An address that is locked.
    func lockedAddress() async throws -> String {
        let address = "198.51.100." + String(SecureRandom.bytes(1)[0])
        _ = try await person.installation.test.superuser().execute(
            """
            insert into sign_in_addresses (tenant_id, address, failures, counted_since, failed_at, locked_until)
            values (\(try await tenant()), \(address), 50, now(), now(), now() + interval '1 hour')
            on conflict (tenant_id, address) do nothing
            """)
        return address
    }

    static func sshKey() async throws -> JSON {
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("key")])
        return ["name": name(), "publicKey": .string(try await ChildProcess.run(["cat", folder.file("key.pub")]))]
    }

    static func passkeyRoot() async throws -> JSON {
        let folder = TemporaryFolder()
        let kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
        let certificate = try await ChildProcess.run(
            ["openssl", "req", "-x509", "-subj", "/CN=Maker of keys", "-keyout", folder.file("key")] + kind)
        return ["certificate": .string(certificate)]
    }

    /// A provider at which people may bind an account; nobody is asked before they come back from it.
    func bindable() async throws -> String {
        let name = "Own accounts"
        let all = try await person.call(.get, "/identity-providers").items
        if let known = all.first(where: { $0["name"]?.text == name }) { return known["id"]?.text ?? "" }
        let made = try await person.call(
            .post, "/identity-providers",
            [
                "name": .string(name), "bindsUsers": .bool(true),
                "settings": [
                    "kind": "oauth2", "authorizationUrl": "https://login.invalid/authorize",
                    "tokenUrl": "https://login.invalid/token", "userinfoUrl": "https://login.invalid/me",
                    "clientId": "gatehouse", "clientAuthentication": "none",
                ],
            ], expecting: 201)
        return made["id"]
    }
}

extension JSON {
    /// This value and all that are in it.
    fileprivate var everything: [JSON] {
        switch self {
        case .array(let items): [self] + items.flatMap(\.everything)
        case .object(let members): [self] + members.flatMap(\.value.everything)
        default: [self]
        }
    }
}
