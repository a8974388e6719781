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

    private func version(of path: String) async throws -> Int? {
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
    private func emergency(of me: String) async throws -> JSON {
        let group = ids["groups"]!
        try await person.call(.put, "/groups/\(group)/members/\(me)")
        try await person.call(
            .put, "/break-glass-rules", ["rules": [["name": "On call", "groups": [.string(group)]]]],
            version: try await version(of: "/break-glass-rules"), expecting: 200)
        return ["reason": "Nobody can log in", "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
    }

    /// RADIUS servers for the second factor, which nobody can reach.
    private func radius() async throws -> String {
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

    /// An address that is locked.
    private func lockedAddress() async throws -> String {
        let address = "198.51.100." + String(SecureRandom.bytes(1)[0])
        _ = try await person.installation.test.superuser().execute(
            """
            insert into sign_in_addresses (tenant_id, address, failures, counted_since, failed_at, locked_until)
            values (\(try await tenant()), \(address), 50, now(), now(), now() + interval '1 hour')
            on conflict (tenant_id, address) do nothing
            """)
        return address
    }

    private static func sshKey() async throws -> JSON {
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("key")])
        return ["name": name(), "publicKey": .string(try await ChildProcess.run(["cat", folder.file("key.pub")]))]
    }

    /// A provider at which people may bind an account; nobody is asked before they come back from it.
    private func bindable() async throws -> String {
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

    private static func name() -> JSON { .string("n" + Hex.encode(SecureRandom.bytes(6))) }

    private func creation(_ name: String) -> JSON? {
        let new = Self.name()
        return switch name {
        case "users.create": ["login": new, "name": "New"]
        case "groups.create", "nodes.create", "organizations.create", "organizations.change": ["name": new]
        case "organizations.merge": ["into": .string(ids["organizations"]!)]
        case "organizations.fill": ["assets": [.string(ids["assets"]!)], "nodes": [.string(ids["nodes"]!)]]
        case "users.change", "groups.rename", "nodes.change", "webhooks.change", "accounts.change", "me.change",
            "messenger-channels.change":
            ["name": new]
        case "identity-providers.create":
            Self.provider(named: new.text ?? "", password: "of no use", group: ids["groups"]!)
        case "identity-providers.change":
            [
                "name": new,
                "rules": [
                    ["directoryGroup": "cn=ops,dc=example,dc=org", "group": .string(ids["groups"]!)],
                    ["directoryGroup": "cn=staff,dc=example,dc=org", "role": .string(ids["roles"]!)],
                ],
            ]
        case "sms-gateways.create": Self.smsGateway(named: new.text ?? "", secret: "of no use")
        case "me.propose-binding":
            ["provider": .string(ids["identity-providers"]!), "state": "x", "code": "x"]
        case "me.confirm-binding": ["token": "x"]
        case "identity-providers.test": ["login": "bob"]
        case "identity-providers.read-metadata":
            ["metadata": .string((try? Repository.text("Tests/SAMLTests/lemonldap-metadata.xml")) ?? "")]
        case "identity-sync.change": ["createsUsers": .bool(false)]
        case "identity-sync.start": ["kind": "preview"]
        case "provisioning.create-client": ["name": new]
        case "sign-in-rules.set":
            [
                "rules": Self.signInRules(
                    of: ids["users"]!, asking: ["group": .string(ids["groups"]!)])
            ]
        case "factor-rules.set":
            [
                "level": "all",
                "rules": [
                    [
                        "name": "four eyes", "action": "require",
                        "who": [["user": .string(ids["users"]!)], ["group": .string(ids["groups"]!)]],
                    ]
                ],
            ]
        case "factor-rules.try": ["user": .string(ids["users"]!), "address": "203.0.113.7"]
        case "sign-in-rules.try": ["user": .string(ids["users"]!), "address": "203.0.113.7"]
        case "assets.create":
            [
                "name": new, "address": "10.0.0.1", "nodes": [.string(ids["nodes"]!)],
                "labels": [["key": "env", "value": "prod"]],
            ]
        case "assets.change":
            ["name": new, "nodes": [.string(ids["nodes"]!)], "labels": [["key": "env", "value": "test"]]]
        case "accounts.create":
            ["asset": .string(ids["assets"]!), "name": new, "kind": "password", "secret": "a secret of no use"]
        case "webhooks.create": ["name": new, "url": "https://hooks.invalid/in", "eventTypes": ["*"]]
        case "messenger-channels.create": Self.channel(named: new.text ?? "", secret: "of no use")
        case "mail.test": ["to": "ada@example.com"]
        case "webhooks.allow": ["items": [["host": "10.1.2.3", "port": 443]]]
        case "access.grant":
            [
                "name": new, "users": [.string(ids["users"]!)], "groups": [.string(ids["groups"]!)],
                "assets": [.string(ids["assets"]!)], "nodes": [.string(ids["nodes"]!)], "accounts": [["kind": "all"]],
                "protocols": ["ssh"], "actions": ["connect"],
            ]
        case "flows.set-rules": ["floors": [["name": new, "asksPeople": true]]]
        case "break-glass.set-rules": ["rules": [["name": new, "groups": [.string(ids["groups"]!)]]]]
        case "access.extend": ["endsAt": .string(Timestamp.text(Date() + 30 * 86_400))]
        case "access.decide":
            ["user": .string(ids["users"]!), "asset": .string(ids["assets"]!), "account": "root"]
        case "tickets.copy": ["people": [["user": .string(ids["users"]!)]]]
        case "delegations.create":
            ["to": ["user": .string(ids["users"]!)], "endsAt": .string(Timestamp.text(Date() + 86_400))]
        case "tickets.open": ["reason": "Disk is full", "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "request-templates.create", "request-templates.save-own", "request-templates.replace":
            ["name": new, "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "tickets.preview": ["assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "flows.create", "flows.replace":
            [
                "name": new,
                "levels": [
                    [
                        "name": "Lead", "webhook": .string(ids["webhooks"]!),
                        "approvers": [["user": .string(ids["users"]!)]],
                    ]
                ],
            ]
        case "announcements.create", "announcements.replace":
            [
                "title": new, "body": "On Saturday", "endsAt": "2035-01-01T00:00:00.000Z",
                "audience": [["user": .string(ids["users"]!)]],
            ]
        case "notice-subscriptions.set-own":
            ["wishes": [["type": "ticket.decided", "channel": "mail", "isWanted": false]], "digest": "hourly"]
        case "notice-subscriptions.set-defaults":
            ["wishes": [["type": "ticket.decided", "channel": "mail", "isWanted": false]]]
        case "notice-templates.set", "notice-templates.preview":
            [
                "type": "ticket.decided", "channel": "site", "language": "en", "title": "#{{number}}",
                "body": "{{outcome}}",
            ]
        case "notice-templates.reset": ["type": "ticket.decided", "channel": "site", "language": "en"]
        case "me.create-token": ["name": new]
        case "me.create-access-key": ["name": new, "algorithm": "hmac-sha256", "sources": ["192.0.2.0/24"]]
        case "roles.create": ["name": new, "permissions": ["users.read"]]
        case "roles.change": ["name": new, "description": "Looks people up", "permissions": ["groups.read"]]
        case "endpoint-rules.set":
            ["rules": [["name": new, "node": .string(ids["nodes"]!), "pools": ["default"]]]]
        case "terminal.open": ["asset": .string(ids["assets"]!), "account": "root"]
        default: nil
        }
    }

    /// A sign-in of Bob's that waits for Ada's word.
    private func review() async throws -> String {
        let me = try await person.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        let version = try await version(of: "/sign-in-rules")
        let rules = try await person.call(
            .put, "/sign-in-rules",
            ["rules": Self.signInRules(of: ids["users"]!, asking: ["user": .string(me)])], version: version,
            expecting: 200)
        let (tenant, review) = (try await tenant(), SignInReviewID.new())
        _ = try await person.installation.test.superuser().execute(
            """
            insert into sign_in_reviews (tenant_id, sign_in_review_id, sign_in_rule_id, rule_name, user_id, entrance,
                attempt, expires_at)
            values (\(tenant), \(review), \(SignInRuleID(Self.first(of: rules))), 'four eyes',
                \(UserID(ids["users"]!)), 'ssh', \(review.text), now() + interval '10 minutes')
            """)
        return review.text
    }

    /// The path of an operation on something that it uses up, which is made for it.
    private func consumable(_ name: String) async throws -> String? {
        func make(_ kind: String, _ path: String) async throws -> String {
            let made = try await person.call(.post, path, creation(kind), expecting: 201)
            return made.json["webhook"]?["id"]?.text ?? made["id"]
        }
        switch name {
        case "groups.remove": return "/groups/" + (try await make("groups.create", "/groups"))
        case "nodes.delete": return "/nodes/" + (try await make("nodes.create", "/nodes"))
        case "roles.change", "roles.remove": return "/roles/" + (try await make("roles.create", "/roles"))
        case "assets.delete": return "/assets/" + (try await make("assets.create", "/assets"))
        case "accounts.delete": return "/accounts/" + (try await make("accounts.create", "/accounts"))
        case "announcements.replace", "announcements.delete":
            return "/announcements/" + (try await make("announcements.create", "/announcements"))
        case "flows.delete":
            let body = creation("flows.create")?.merging(["isDefault": false])
            return "/flows/" + (try await person.call(.post, "/flows", body, expecting: 201)["id"])
        case "webhooks.delete": return "/webhooks/" + (try await make("webhooks.create", "/webhooks"))
        case "messenger-channels.delete":
            return "/messenger-channels/" + (try await make("messenger-channels.create", "/messenger-channels"))
        case "access.revoke": return "/grants/\(try await make("access.grant", "/grants"))/revoke"
        case "access.extend":
            let body = creation("access.grant")?.merging(["endsAt": .string(Timestamp.text(Date() + 86_400))])
            return "/grants/\(try await person.call(.post, "/grants", body, expecting: 201)["id"])/extend"
        case "access.hand-back":
            let (tenant, grant) = (try await tenant(), GrantID.new())
            _ = try await person.installation.test.superuser().execute(
                """
                with made as (
                    insert into grants (tenant_id, grant_id, name, source, ticket_id, protocols, actions, starts_at,
                        ends_at, org_id)
                    values (\(tenant), \(grant), 'Mine', 'ticket', \(TicketID.new()), '{ssh}', '{connect}', now(),
                        now() + interval '1 hour', \(tenant)) returning tenant_id, grant_id)
                insert into grant_users (tenant_id, user_id, grant_id)
                select m.tenant_id, u.user_id, m.grant_id from made m join users u on u.tenant_id = m.tenant_id
                where u.login = \(person.login)
                """)
            return "/my/grants/\(grant.text)/hand-back"
        case "request-templates.delete":
            return "/request-templates/\(try await make("request-templates.create", "/request-templates"))"
        case "request-templates.take", "request-templates.delete-own":
            return "/my/request-templates/\(try await make("request-templates.create", "/my/request-templates"))"
        case "delegations.end":
            return "/me/delegations/\(try await make("delegations.create", "/me/delegations"))/end"
        case "tickets.reassign": return "/tickets/\(try await make("tickets.open", "/tickets"))/reassign"
        case "tickets.withdraw": return "/tickets/\(try await make("tickets.open", "/tickets"))/withdraw"
        case "identity-providers.remove":
            return "/identity-providers/" + (try await make("identity-providers.create", "/identity-providers"))
        case "sms-gateways.remove":
            // Ten are the most that a company has.
            for gateway in try await person.call(.get, "/sms-gateways", expecting: 200).items
            where gateway["id"]?.text != ids["sms-gateways"] {
                try await person.call(.delete, "/sms-gateways/\(gateway["id"]?.text ?? "")", expecting: 204)
            }
            return "/sms-gateways/" + (try await make("sms-gateways.create", "/sms-gateways"))
        case "identity-sync.start":
            // There is one run at a time.
            let tenant = try await tenant()
            _ = try await person.installation.test.superuser().execute(
                """
                update identity_sync_runs set state = 'failed', finished_at = now()
                where tenant_id = \(tenant) and finished_at is null
                """)
            return "/identity-providers/\(ids["identity-providers"]!)/sync-runs"
        case "identity-providers.unlink":
            let tenant = try await tenant()
            _ = try await person.installation.test.superuser().execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
                select \(tenant)::uuid, \(IdentityProviderID(ids["identity-providers"]!))::uuid, u.user_id, 'subject-of-bob'
                from users u where u.tenant_id = \(tenant) and u.login = 'bob' on conflict do nothing
                """)
            return "/identity-providers/\(ids["identity-providers"]!)/links/\(ids["links"]!)"
        case "me.unbind":
            let tenant = try await tenant()
            _ = try await person.installation.test.superuser().execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject, bound_by_user, account)
                select \(tenant)::uuid, \(IdentityProviderID(ids["identity-providers"]!))::uuid, u.user_id, 'bound', true, 'x'
                from users u where u.tenant_id = \(tenant) and u.login = \(person.login) on conflict do nothing
                """)
            return "/me/identities/\(ids["identity-providers"]!)"
        case "provisioning.create-client":
            // There are few at a time.
            let path = "/identity-providers/\(ids["identity-providers"]!)/provisioning-clients"
            let clients = try await person.call(.get, path, expecting: 200).items.compactMap { $0["id"]?.text }
            for client in clients where client != ids["provisioning-clients"] {
                try await person.call(.delete, "\(path)/\(client)", expecting: 204)
            }
            return path
        case "provisioning.remove-client":
            let path = try await consumable("provisioning.create-client") ?? ""
            return "\(path)/" + (try await make("provisioning.create-client", path))
        case "sign-in-reviews.decide": return "/sign-in-reviews/\(try await review())/decision"
        case "me.remove-token": return "/me/tokens/" + (try await make("me.create-token", "/me/tokens"))
        case "users.end-token", "users.end-access-key":
            // Not asked for: that is possible so many times a minute.
            let (tenant, token, key) = (try await tenant(), APITokenID.new(), AccessKeyID.new())
            let superuser = try await person.installation.test.superuser()
            if name == "users.end-token" {
                _ = try await superuser.execute(
                    """
                    insert into api_tokens (tenant_id, api_token_id, user_id, name, token_hash, created_at, expires_at)
                    select u.tenant_id, \(token)::uuid, u.user_id, 'ended', sha256(convert_to(\(token.text), 'UTF8')), now(),
                        now() + interval '1 hour'
                    from users u where u.tenant_id = \(tenant) and u.login = 'bob'
                    """)
                return "/users/\(ids["users"]!)/tokens/\(token.text)"
            }
            _ = try await superuser.execute(
                """
                insert into access_keys (tenant_id, access_key_id, user_id, name, algorithm, public_key, sources,
                    created_at, expires_at)
                select u.tenant_id, \(key)::uuid, u.user_id, 'ended', 'ed25519', sha256(convert_to(\(key.text), 'UTF8')),
                    '{}', now(), now() + interval '1 hour'
                from users u where u.tenant_id = \(tenant) and u.login = 'bob'
                """)
            return "/users/\(ids["users"]!)/access-keys/\(key.text)"
        case "sign-in-links.revoke":
            // Not asked for: that is possible so many times a minute.
            let (tenant, link) = (try await tenant(), SignInLinkID.new())
            _ = try await person.installation.test.superuser().execute(
                """
                insert into sign_in_links (tenant_id, sign_in_link_id, user_id, token_hash, created_by, created_by_name,
                    through, created_at, expires_at)
                select u.tenant_id, \(link)::uuid, u.user_id, sha256(convert_to(\(link.text), 'UTF8')), u.user_id, 'Ada',
                    'browser', now(), now() + interval '10 minutes'
                from users u where u.tenant_id = \(tenant) and u.login = 'bob'
                """)
            return "/sign-in-links/" + link.text
        case "me.create-access-key":
            // Ten are the most that a person has.
            for key in try await person.call(.get, "/me/access-keys").items where key["name"] != "script" {
                try await person.call(.delete, "/me/access-keys/\(key["id"]?.text ?? "")", expecting: 204)
            }
            return "/me/access-keys"
        case "me.remove-access-key":
            return "/me/access-keys/" + (try await make("me.create-access-key", "/me/access-keys"))
        case "me.disable-access-key", "me.enable-access-key":
            return "/me/access-keys/\(ids["access-keys"]!)/\(name == "me.enable-access-key" ? "enable" : "disable")"
        case "me.remove-ssh-key":
            let key = try await person.call(.post, "/me/ssh-keys", try await Self.sshKey(), expecting: 201)
            return "/me/ssh-keys/" + key["id"]
        case "me.remove-passkey":
            let passkey = PasskeyID.new()
            let statement = Self.passkey(passkey, of: person, in: try await tenant())
            _ = try await person.installation.test.superuser().execute(statement)
            return "/me/passkeys/" + passkey.text
        case "online.sign-out": return "/users/\(try await make("users.create", "/users"))/sessions"
        case "me.end-session", "online.end":
            let (tenant, session) = (try await tenant(), WebSessionID.new())
            _ = try await person.installation.test.superuser().execute(
                """
                insert into web_sessions (tenant_id, web_session_id, user_id, token_hash, expires_at)
                select w.tenant_id, \(session)::uuid, w.user_id, sha256(convert_to(\(session.text), 'UTF8')), w.expires_at
                from web_sessions w join users u using (tenant_id, user_id)
                where w.tenant_id = \(tenant) and u.login = \(person.login) limit 1
                """)
            return (name == "online.end" ? "/online-sessions/" : "/me/sessions/") + session.text
        case "organizations.remove":
            return "/organizations/" + (try await make("organizations.create", "/organizations"))
        case "organizations.merge":
            return "/organizations/\(try await make("organizations.create", "/organizations"))/merge"
        case "organizations.unbind":
            let (organization, role) = (ids["organizations"]!, ids["roles"]!)
            let path = "/organizations/\(organization)/roles/\(role)/users/\(ids["users"]!)"
            try await person.call(.put, path)
            return path
        case "groups.remove-member", "groups.add-member":
            let path = "/groups/\(ids["groups"]!)/members/\(ids["users"]!)"
            if name == "groups.remove-member" { try await person.call(.put, path) }
            return path
        case "users.disable", "users.enable", "users.unlock", "users.invite", "users.reset-second-factor":
            let user = try await make("users.create", "/users")
            if name == "users.enable" { try await person.call(.post, "/users/\(user)/disable") }
            let word = name == "users.invite" ? "invitation" : String(name.dropFirst("users.".count))
            return "/users/\(user)/\(word)"
        case "users.require-password-change":
            let body: JSON = [
                "login": .string("old-\(UInt32.random(in: .min ... .max))"), "name": "Old",
                "password": "seven pelicans on the pier",
            ]
            let user = try await person.call(.post, "/users", body, expecting: 201)
            return "/users/\(user["id"])/require-password-change"
        case "users.make-temporary-password":
            return "/users/\(try await make("users.create", "/users"))/temporary-password"
        default: return nil
        }
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
