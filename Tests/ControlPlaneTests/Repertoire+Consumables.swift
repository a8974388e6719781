import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What an operation uses up, made for it.
extension Household {
    /// The path of an operation on something that it uses up, which is made for it.
    func consumable(_ name: String) async throws -> String? {
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
        case "check-outs.revoke": return "/check-outs/\(try await checkedOut(ids["accounts"]!))/revoke"
        case "check-outs.check-in": return "/my/check-outs/\(try await checkedOut(ids["accounts"]!))/check-in"
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
            // Twenty are the most that a company has, and a call that fails leaves one. One by which people confirm stays.
            for provider in try await person.call(.get, "/identity-providers", expecting: 200).items
            where provider["id"]?.text != ids["identity-providers"] {
                _ = try await person.call(.delete, "/identity-providers/\(provider["id"]?.text ?? "")")
            }
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
        case "me.set-token-sources": return "/me/tokens/\(ids["tokens"]!)/sources"
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
        case "me.disable-ssh-key", "me.enable-ssh-key":
            return "/me/ssh-keys/\(ids["ssh-keys"]!)/\(name == "me.enable-ssh-key" ? "enable" : "disable")"
        case "users.end-ssh-key":
            let (tenant, key) = (try await tenant(), SSHKeyID.new())
            _ = try await person.installation.test.superuser().execute(
                """
                insert into ssh_keys (tenant_id, ssh_key_id, user_id, name, algorithm, fingerprint, public_key)
                select u.tenant_id, \(key)::uuid, u.user_id, 'ended', 'ssh-ed25519', \(key.text), sha256('ended')
                from users u where u.tenant_id = \(tenant) and u.login = 'bob'
                """)
            return "/users/\(ids["users"]!)/ssh-keys/\(key.text)"
        case "me.remove-ssh-key":
            let key = try await person.call(.post, "/me/ssh-keys", try await Self.sshKey(), expecting: 201)
            return "/me/ssh-keys/" + key["id"]
        case "passkey-roots.add":
            // Twenty are the most that a company has.
            let roots = try await person.call(.get, "/passkey-roots").items
            for root in roots where root["id"]?.text != ids["passkey-roots"] {
                try await person.call(.delete, "/passkey-roots/\(root["id"]?.text ?? "")", expecting: 204)
            }
            return "/passkey-roots"
        case "passkey-roots.remove":
            let root = try await person.call(
                .post, "/passkey-roots", try await Self.passkeyRoot(), expecting: 201)
            return "/passkey-roots/" + root["id"]
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
