import Cryptography
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A tenant that has one of everything, and the ids of it by where they stand in a path: `assets/{}`.
struct Household {
    let person: Person
    var ids: [String: String] = [:]
    let token: String

    init(_ person: Person) async throws {
        self.person = person
        func make(_ kind: String, _ path: String, _ body: JSON) async throws -> Answer {
            let answer = try await person.call(.post, path, body, expecting: 201)
            return answer
        }
        let bob = try await make("users", "/users", ["login": "bob", "name": "Bob"])
        person.note(String(bob["invitationUrl"].split(separator: "=").last ?? ""))
        let group = try await make("groups", "/groups", ["name": "Ops"])
        try await person.call(.put, "/groups/\(group["id"])/members/\(bob["id"])")
        let organization = try await make("organizations", "/organizations", ["name": "Europe"])
        let node = try await make("nodes", "/nodes", ["name": "Servers"])
        let asset = try await make(
            "assets", "/assets",
            ["name": "web-1", "address": "web-1.example", "nodes": [.string(node["id"])]])
        let secret = "account-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        person.note(secret)
        let account = try await make(
            "accounts", "/accounts",
            ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": .string(secret)])
        let announcement = try await make(
            "announcements", "/announcements",
            ["title": "Maintenance", "body": "On Saturday", "endsAt": "2035-01-01T00:00:00.000Z"])
        let webhook = try await make(
            "webhooks", "/webhooks", ["name": "all", "url": "https://hooks.invalid/in", "eventTypes": ["*"]])
        person.note(webhook["secret"])
        let hook = webhook.json["webhook"]?["id"]?.text ?? ""
        let signingSecret = "signing-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        person.note(signingSecret)
        let channel = try await make(
            "messenger-channels", "/messenger-channels", Self.channel(named: "Team", secret: signingSecret))
        let grant = try await make(
            "grants", "/grants",
            [
                "name": "Standing", "users": [.string(bob["id"])], "assets": [.string(asset["id"])],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ])
        let flow = try await make(
            "flows", "/flows",
            [
                "name": "Standard", "copies": [["group": .string(group["id"])]],
                "levels": [["name": "Lead", "webhook": .string(hook), "approvers": [["user": .string(bob["id"])]]]],
            ])
        // Whoever tries every statement asks for a great deal.
        try await person.call(
            .put, "/approval-rules", ["floors": [], "mostOpenPerPerson": 1_000], version: 0, expecting: 200)
        let ticket = try await make(
            "tickets", "/tickets",
            ["reason": "Disk is full", "assets": [.string(asset["id"])], "accounts": ["root"]])
        let template = try await make(
            "request-templates", "/request-templates", ["name": "Standard", "groups": [.string(group["id"])]])
        let bindPassword = "bind-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        person.note(bindPassword)
        let provider = try await make(
            "identity-providers", "/identity-providers",
            Self.provider(named: "Directory", password: bindPassword, group: group["id"]))
        let smsSecret = "sms-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        person.note(smsSecret)
        let gateway = try await make(
            "sms-gateways", "/sms-gateways", Self.smsGateway(named: "Vendor", secret: smsSecret))
        let program = try await make(
            "provisioning-clients", "/identity-providers/\(provider["id"])/provisioning-clients", ["name": "program"])
        person.note(program["token"])
        let rules = try await person.call(
            .put, "/sign-in-rules", ["rules": Self.signInRules(of: bob["id"], asking: ["group": .string(group["id"])])],
            version: 1,
            expecting: 200)
        let token = try await make("tokens", "/me/tokens", ["name": "script"])
        person.note(token["token"])
        let link = try await make("sign-in-links", "/sign-in-links", ["user": .string(bob["id"])])
        person.note(String(link["url"].split(separator: "=").last ?? ""))
        let accessKey = try await make(
            "access-keys", "/me/access-keys", ["name": "script", "algorithm": "hmac-sha256"])
        person.note(accessKey["secret"])
        self.token = token["token"]
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("key")])
        let line = try await ChildProcess.run(["cat", folder.file("key.pub")])
        let key = try await make("ssh-keys", "/me/ssh-keys", ["name": "laptop", "publicKey": .string(line)])
        try await eventually("an event reaches the webhook", within: .seconds(20)) {
            try await person.call(.get, "/webhook-deliveries").items.isEmpty == false
        }
        let root = try await make("passkey-roots", "/passkey-roots", try await Self.passkeyRoot())
        let deliveries = try await person.call(.get, "/webhook-deliveries").items
        let sessions = try await person.call(.get, "/me/sessions").items
        let roles = try await person.call(.get, "/roles").items
        let stored = try await Self.store(asset: asset["id"], account: account["id"], for: person)
        ids = [
            "announcements": announcement["id"], "notices": stored.notice,
            "users": bob["id"], "members": bob["id"], "groups": group["id"], "nodes": node["id"],
            "assets": asset["id"], "accounts": account["id"], "webhooks": hook, "messenger-channels": channel["id"],
            "grants": grant["id"], "flows": flow["id"], "tickets": ticket["id"], "delegations": stored.delegation,
            "request-templates": template["id"],
            "tokens": token.json["id"]?.text ?? "",
            "ssh-keys": key["id"], "access-keys": accessKey["id"], "sign-in-links": link["id"],
            "passkeys": stored.passkey, "passkey-roots": root["id"],
            "webhook-deliveries": deliveries.first?["id"]?.text ?? "",
            "me/sessions": sessions.first?["id"]?.text ?? "", "sessions": stored.session, "host-keys": stored.hostKey,
            "invoices": stored.invoice, "support-accesses": stored.support,
            "roles": roles.first?["id"]?.text ?? "", "identity-providers": provider["id"], "links": bob["id"],
            "sync-runs": stored.syncRun, "identities": provider["id"], "sms-gateways": gateway["id"],
            "provisioning-clients": program["id"],
            "organizations": organization["id"], "sign-in-rules": Self.first(of: rules),
            "online-sessions": sessions.first?["id"]?.text ?? "",
            "check-outs": try await checkedOut(account["id"]),
        ]
        for (name, id) in ids { try #require(!id.isEmpty, "\(name)") }
    }

    /// A secret that the person has checked out for an hour.
    func checkedOut(_ account: String) async throws -> String {
        let checkOut = CheckOutID.new()
        let superuser = try await person.installation.test.superuser()
        _ = try await superuser.execute(
            """
            insert into secret_checkouts (tenant_id, checkout_id, account_id, user_id, ticket_id, number, starts_at, ends_at,
                created_at)
            select u.tenant_id, \(checkOut)::uuid, \(AccountID(account))::uuid, u.user_id, \(TicketID.new())::uuid, 1,
                now() - interval '1 minute', now() + interval '1 hour', now()
            from users u join tenants t on t.tenant_id = u.tenant_id
            where t.slug = \(person.slug) and u.login = \(person.login)
            """)
        return checkOut.text
    }

    /// A channel to a messenger that nobody reaches.
    static func channel(named name: String, secret: String) -> JSON {
        [
            "name": .string(name), "people": "email",
            "settings": ["vendor": "slack", "appId": "A1", "teamId": "T1", "apiUrl": "https://slack.invalid"],
            "secrets": [
                ["name": "botToken", "value": .string("xoxb-\(secret)")],
                ["name": "signingSecret", "value": .string(secret)],
            ],
        ]
    }

    /// Rules that keep nobody out who comes in tests.
    static func signInRules(of user: String, asking asked: JSON) -> JSON {
        [
            [
                "name": "four eyes", "who": [["user": .string(user)]], "sources": ["203.0.113.0/24"],
                "action": "review", "asked": [asked],
            ]
        ]
    }

    static func first(of rules: Answer) -> String {
        guard case .array(let items)? = rules.json["rules"] else { return "" }
        return items.first?["id"]?.text ?? ""
    }

    /// A gateway that nobody can reach.
    static func smsGateway(named name: String, secret: String) -> JSON {
        [
            "name": .string(name), "secret": .string(secret),
            "settings": [
                "kind": "tencent", "secretId": "id", "appId": "1400000000", "signName": "Test", "templateId": "1",
                "endpoint": "https://192.0.2.9:1",
            ],
        ]
    }

    /// A directory that nobody can reach, with one rule of each kind.
    static func provider(named name: String, password: String, group: String) -> JSON {
        [
            "name": .string(name),
            "rules": [
                ["directoryGroup": "cn=ops,dc=example,dc=org", "group": .string(group)],
                ["directoryGroup": "cn=auditors,dc=example,dc=org", "role": "auditor"],
            ],
            "settings": [
                "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 9]], "bindDn": "cn=search,dc=example,dc=org",
                "baseDn": "dc=example,dc=org",
            ],
            "secret": .string(password),
        ]
    }

    /// What comes by no call, such as a session with its recording, or must not be told of.
    private static func store(
        asset: String, account: String, for person: Person
    ) async throws -> (
        session: String, hostKey: String, invoice: String, support: String, passkey: String,
        syncRun: String, notice: String, delegation: String
    ) {
        let superuser = try await person.installation.test.superuser()
        let tenants = try await superuser.query("select tenant_id from tenants where slug = \(person.slug)") {
            try $0.next(TenantID.self)
        }
        let tenant = try #require(tenants.first)
        let (session, worker, recording, key) = (SessionID.new(), WorkerID.new(), RecordingID.new(), HostKeyID.new())
        let (invoice, support, passkey, syncRun, notice) = (
            InvoiceID.new(), SupportAccessID.new(), PasskeyID.new(),
            IdentitySyncRunID.new(), SiteMessageID.new()
        )
        let delegation = DelegationID.new()
        let statements: [SQL] = [
            """
            insert into workers (worker_id, name, pool, signing_key, sealing_key, web_endpoint, last_seen_at)
            values (\(worker), \(worker.text), 'default', '', '', 'ws://127.0.0.1:9', now() + interval '1 day')
            """,
            """
            insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                account_name, protocol, channel, worker_id, entrance, expires_at, lease_until, recording_id, state, ended_at,
                closed_at, end_reason)
            select \(tenant)::uuid, \(session)::uuid, u.user_id, u.name, \(AssetID(asset))::uuid, 'web-1',
                \(AccountID(account))::uuid, 'root', 'ssh', 'shell', \(worker)::uuid, 'ssh', now(), now(),
                \(recording)::uuid, 'ended', now(), now(), 'exited'
            from users u where u.tenant_id = \(tenant) and u.login = 'ada'
            """,
            """
            insert into recordings (tenant_id, recording_id, session_id, tenant_key_id, wrapped_key, object_prefix,
                started_at, state)
            select k.tenant_id, \(recording)::uuid, \(session)::uuid, k.tenant_key_id, '', 'x', now(), 'absent'
            from tenant_keys k where k.tenant_id = \(tenant)
            """,
            """
            insert into commands (tenant_id, at, command_id, session_id, user_name, asset_name, account_name, line, offset_us)
            values (\(tenant), now(), \(CommandID.new()), \(session), 'Ada', 'web-1', 'root', 'id', 1)
            """,
            """
            insert into invoices (tenant_id, invoice_id, month, number, currency, total, document, sha256,
                received_before, finalised_at)
            values (\(tenant), \(invoice), '2026-10', \(invoice.text), 'EUR', 0, '', '', now(), now())
            """,
            """
            insert into host_keys (tenant_id, host_key_id, asset_id, algorithm, fingerprint, public_key, state)
            values (\(tenant), \(key), \(AssetID(asset)), 'ssh-ed25519', 'SHA256:x', '', 'seen')
            """,
            """
            insert into ticket_reviews (tenant_id, ticket_id, user_id, attempt, rule_id, is_attended, seen_at, created_at,
                expires_at)
            select t.tenant_id, t.ticket_id, t.requester_id, 'x', \(SignInRuleID.new())::uuid, false, now(), now(),
                now() + interval '10 minutes'
            from tickets t where t.tenant_id = \(tenant) limit 1
            """,
            """
            insert into ticket_moves (tenant_id, ticket_id, kind, to_id, moved_at)
            select t.tenant_id, t.ticket_id, 'copied', t.requester_id, now()
            from tickets t where t.tenant_id = \(tenant) limit 1
            """,
            """
            insert into site_messages (tenant_id, site_message_id, user_id, occasion, type, title, body, link, is_urgent,
                created_at)
            select u.tenant_id, \(notice)::uuid, u.user_id, \(notice.text), 'ticket.decided', 'Decided', '', '', false, now()
            from users u where u.tenant_id = \(tenant) and u.login = 'ada'
            """,
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
            select p.tenant_id, p.identity_provider_id, u.user_id, 'subject-of-bob'
            from identity_providers p join users u on u.tenant_id = p.tenant_id and u.login = 'bob'
            where p.tenant_id = \(tenant)
            """,
            """
            insert into identity_syncs (tenant_id, identity_provider_id)
            select tenant_id, identity_provider_id from identity_providers where tenant_id = \(tenant)
            """,
            """
            insert into identity_sync_runs (tenant_id, identity_sync_run_id, identity_provider_id, kind, state, asked_by,
                finished_at)
            select tenant_id, \(syncRun)::uuid, identity_provider_id, 'run', 'failed', 'ada', now()
            from identity_providers where tenant_id = \(tenant)
            """,
            """
            insert into identity_sync_entries (tenant_id, identity_sync_run_id, attempt, subject, dn, user_id)
            values (\(tenant), \(syncRun), 1, 'subject-of-bob', 'uid=bob', \(UserID.new()))
            """,
            """
            insert into identity_sync_edges (tenant_id, identity_sync_run_id, attempt, parent, child)
            values (\(tenant), \(syncRun), 1, 'cn=staff', 'uid=bob')
            """,
            """
            insert into identity_sync_groups (tenant_id, identity_sync_run_id, attempt, subject, dn, group_id)
            values (\(tenant), \(syncRun), 1, 'subject-of-staff', 'cn=staff', \(GroupID.new()))
            """,
            // Told nobody: a messenger that cannot be reached would be tried for as long as the test lasts.
            """
            insert into delegations (tenant_id, delegation_id, from_id, to_id, starts_at, ends_at)
            select a.tenant_id, \(delegation)::uuid, a.user_id, b.user_id, now(), now() + interval '1 day'
            from users a join users b on b.tenant_id = a.tenant_id and b.login = 'bob'
            where a.tenant_id = \(tenant) and a.login = 'ada'
            """,
            """
            insert into support_accesses (tenant_id, support_access_id, operator_id, operator_name, role, reason,
                duration_seconds, asked_at, ends_at)
            values (\(tenant), \(support), \(ProviderOperatorID.new()), 'Sven', 'auditor', 'slow', 600, now(),
                now() + interval '1 day')
            """,
        ]
        for statement in statements { _ = try await superuser.execute(statement) }
        _ = try await superuser.execute(Self.passkey(passkey, of: person, in: tenant))
        return (
            session.text, key.text, invoice.text, support.text, passkey.text, syncRun.text, notice.text,
            delegation.text
        )
    }

    /// A passkey that no authenticator has.
    static func passkey(_ id: PasskeyID, of person: Person, in tenant: TenantID) -> SQL {
        """
        insert into passkeys (tenant_id, passkey_id, user_id, name, rp_id, credential_id, algorithm, public_key,
            sign_count, model, is_backup_eligible)
        select u.tenant_id, \(id)::uuid, u.user_id, 'phone', \(person.slug + ".localhost"),
            convert_to(\(id.text), 'UTF8'), -7, '', 0, \(UUID())::uuid, false
        from users u where u.tenant_id = \(tenant) and u.login = \(person.login)
        """
    }

    /// The path of an operation with this household's ids in it; nil if it names something that is not here.
    func path(of template: String) -> String? {
        let parts = template.split(separator: "/").map(String.init)
        var filled = ""
        for (index, part) in parts.enumerated() {
            guard part.hasPrefix("{") else {
                filled += "/\(part)"
                continue
            }
            let collection = parts[index - 1]
            let own = index > 1 && parts[index - 2] == "me" ? ids["me/\(collection)"] : nil
            guard let id = own ?? ids[collection] else { return nil }
            filled += "/\(id)"
        }
        return filled
    }
}
