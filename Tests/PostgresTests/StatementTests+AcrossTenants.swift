extension StatementTests {
    /// What reads or writes rows of many tenants on purpose, in the scope of the system or the provider, and why. Past one
    /// database server each of these asks all of them.
    static let acrossTenants: [(file: String, start: String, reason: String)] = [
        (
            "UserStore.swift", "select u.user_id, u.login, u.name, u.email",
            "the beginning of statements, each of which goes on with the tenant: CrossTenantTests looks at them whole"
        ),
        (
            "GroupStore.swift", "select g.group_id, g.name, ( select count(*)",
            "the beginning of statements, each of which goes on with the tenant: CrossTenantTests looks at them whole"
        ),
        (
            "SignInStore.swift", "select sign_in_id, user_id, stage",
            "the beginning of statements, each of which goes on with the tenant: CrossTenantTests looks at them whole"
        ),
        (
            "CheckOutStore.swift", "select tenant_id, checkout_id from secret_checkouts where state = 'active'",
            "secrets whose time with somebody is over, of whichever tenant"
        ),
        (
            "GrantStore.swift", "select tenant_id, grant_id from grants where state = 'active' and ends_at",
            "grants that end now, of whichever tenant"
        ),
        (
            "LendRole.swift", "select tenant_id, user_id, role_id, org_id from role_bindings where ends_at",
            "roles whose time is over, of whichever tenant"
        ),
        (
            "BreakGlassStore.swift", "select tenant_id, ticket_id from break_glass_uses where reviewed_at",
            "emergency access that nobody has reviewed, of whichever tenant"
        ),
        (
            "GrantStore+Life.swift", "select tenant_id, grant_id from grants where state = 'active' and remind_at",
            "grants of whose end people are told, of whichever tenant"
        ),
        (
            "GrantStore+Life.swift", "select tenant_id, grant_id from grants where state = 'active' and unused_at",
            "grants that nobody may have used, of whichever tenant"
        ),
        (
            "TicketStore.swift", "select tenant_id, ticket_id from tickets where state = 'open' and due_at",
            "requests that are due, of whichever tenant"
        ),
        (
            "AdmissionStore.swift", "select tenant_id from admissions where worker_id",
            "whose admission a worker means: it knows no tenant"
        ),
        (
            "AdmissionStore.swift", "select admission_id, ticket_id, tenant_id from admissions where worker_id",
            "who waits at a worker, which knows no tenant"
        ),
        (
            "SessionHome.swift", "select tenant_id from sessions where worker_id = $1 and session_id",
            "whose session a worker means: it knows no tenant"
        ),
        (
            "SessionHome.swift", "select tenant_id from sessions where worker_id = $1 and recording_id",
            "whose recording a worker means: it knows no tenant"
        ),
        (
            "SessionStore.swift", "select session_id, tenant_id from sessions where worker_id",
            "whose sessions a worker reports: it knows no tenant"
        ),
        (
            "SessionStore.swift", "select s.tenant_id, s.session_id, w.state in",
            "sessions that nobody renews any more"
        ),
        (
            "Sessions.swift", "select distinct tenant_id from sessions where state",
            "tenants with open sessions, to review them"
        ),
        (
            "IdentitySyncStore.swift", "select tenant_id, identity_provider_id from identity_syncs where next_run_at",
            "syncs that are due, of whichever tenant"
        ),
        (
            "RecordingStore.swift", "select r.tenant_id, r.recording_id from recordings r join sessions s",
            "recordings that are to be closed"
        ),
        (
            "TerminalTokens.swift", "select tenant_id from terminal_tokens where token_hash",
            "whose token a worker shows: it knows no tenant"
        ),
        (
            "TerminalTokens.swift", "delete from terminal_tokens where expires_at",
            "pruning by age"
        ),
        (
            "SweepHosting.swift", "delete from admissions where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sign_ins where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from identity_challenges where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sign_out_hints where created_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from browser_sign_ins where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from saml_assertions where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from cas_tickets where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from remembered_devices where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sent_codes where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from face_checks where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sms_sends where sent_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from device_links where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sign_in_links where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from access_key_nonces where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from identity_logout_tokens where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from identity_sessions where created_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from passkey_challenges where expires_at",
            "pruning by age"
        ),
        (
            "ReviewStore.swift", "select r.tenant_id, r.ticket_id from ticket_reviews r join tickets t",
            "what nobody waits for any more, of whichever tenant"
        ),
        (
            "ReviewStore.swift", "delete from ticket_reviews where expires_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from sign_in_addresses where failed_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from familiar_addresses where signed_in_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from familiar_browsers where signed_in_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from familiar_places where signed_in_at",
            "pruning by age"
        ),
        (
            "Identity.swift", "delete from temporary_passwords where expires_at",
            "pruning by age"
        ),
        (
            "AccountEndStore.swift", "select tenant_id, user_id from users where state = 'active' and expires_at <=",
            "accounts that end now, of whichever tenant"
        ),
        (
            "AccountEndStore.swift", "select tenant_id, user_id from users where state = 'active' and expires_at >",
            "accounts that end soon, of whichever tenant"
        ),
        (
            "SSHKeyEndStore.swift", "select tenant_id, ssh_key_id from ssh_keys where disabled_at is null",
            "SSH keys that end soon, of whichever tenant"
        ),
        (
            "Identity.swift", "delete from web_sessions where expires_at",
            "pruning by age"
        ),
        (
            "EventStore.swift", "delete from events where dispatched_at",
            "pruning by age"
        ),
        (
            "PostgresIdempotencyStore.swift", "delete from idempotency_keys where created_at",
            "pruning by age"
        ),
        (
            "UsageStore.swift", "insert into usage_rollups as r",
            "the roll-up of all tenants' usage"
        ),
        (
            "UsageStore.swift", "delete from usage_rollups r where r.hour",
            "hours of all tenants of which no event is left"
        ),
        (
            "FollowMasterKey.swift", "select t.tenant_id from tenants t where",
            "tenants whose keys another key at the top wraps"
        ),
        (
            "FollowMasterKey.swift", "select master_key_id, count(*) from (",
            "how many keys each key at the top wraps"
        ),
        (
            "Tenancy.swift", "select distinct tenant_id from tenant_keys where retired_at",
            "tenants with keys that were replaced"
        ),
        (
            "InvoiceStore.swift", "select document from invoices where invoice_id",
            "an invoice, as the provider names it"
        ),
        (
            "InvoiceStore.swift", "update invoices set pushed_at",
            "an invoice that was sent, by its job"
        ),
        (
            "MailStore.swift", "delete from mails where state",
            "pruning by age"
        ),
        (
            "NoticeDeliveryStore.swift", "select tenant_id from notice_deliveries where state",
            "tenants with notices that are due"
        ),
        (
            "NoticeDeliveryStore.swift", "delete from notice_deliveries where state",
            "pruning by age"
        ),
        (
            "SiteMessageStore.swift", "delete from site_messages where created_at",
            "pruning by age"
        ),
        (
            "SpreadAnnouncements.swift", "update announcements a set is_deleted",
            "what the provider takes back is taken from every tenant that has it"
        ),
        (
            "SpreadAnnouncements.swift", "delete from provider_announcements p",
            "what no tenant has any more"
        ),
        (
            "SiteMessageStore.swift", "with reached as",
            "the oldest messages of whoever has too many, of whichever tenant"
        ),
        (
            "DeliveryWork.swift", "select d.tenant_id, d.webhook_id as line_id",
            "deliveries that wait, of whichever tenant"
        ),
        (
            "DeliveryWork.swift", "select w.tenant_id, w.webhook_id as line_id",
            "endpoints that may be served, of whichever tenant"
        ),
        (
            "CardWork.swift", "select c.tenant_id, c.channel_id as line_id",
            "cards that wait, of whichever tenant"
        ),
        (
            "CardWork.swift", "select h.tenant_id, h.channel_id as line_id",
            "channels that may be served, of whichever tenant"
        ),
        (
            "AnnouncementWork.swift", "select a.tenant_id, a.tenant_id as line_id",
            "announcements that have something to do, of whichever tenant"
        ),
        (
            "AnnouncementWork.swift", "select t.tenant_id, t.tenant_id as line_id",
            "all tenants, as lines of announcements"
        ),
        (
            "NoticeRoundWork.swift", "select r.tenant_id, r.tenant_id as line_id",
            "rounds that are not over, of whichever tenant"
        ),
        (
            "NoticeRoundWork.swift", "select t.tenant_id, t.tenant_id as line_id",
            "all tenants, as lines of rounds"
        ),
        (
            "NoticeRoundStore.swift", "delete from notice_rounds where due_at is null",
            "pruning by age"
        ),
        (
            "SweepWebhooks.swift", "delete from webhook_deliveries where state",
            "pruning by age"
        ),
        (
            "SweepWebhooks.swift", "update webhook_deliveries set state = 'dead'",
            "what waits for too long, of whichever tenant"
        ),
        (
            "SweepWebhooks.swift", "update webhooks set old_tenant_key_id = null",
            "secrets that were replaced and are over, of whichever tenant"
        ),
        (
            "TenantPlanStore.swift", "update tenant_quotas q set hard_limit",
            "a plan's new limits, for all who have it"
        ),
        (
            "TenantPlanStore.swift", "update tenant_plans set contact",
            "a plan's new contact, for all who have it"
        ),
        (
            "RecountQuotas.swift", "select tenant_id from tenants where state in",
            "tenants whose use is counted again"
        ),
        (
            "RecountQuotas.swift", "update tenant_quotas q set used",
            "recorded space of all tenants"
        ),
        (
            "RecountQuotas.swift", "select tenant_id from tenant_quotas where kind",
            "tenants to be warned"
        ),
        (
            "UsageStore.swift", "select min(at) from usage_events",
            "where the first roll-up begins"
        ),
        (
            "UsageStore.swift", "select distinct tenant_id, date_trunc",
            "hours of all tenants for which something came in late"
        ),
        (
            "UsageStore.swift",
            "insert into usage_events (tenant_id, at, source, id, meter, subject, quantity) select tenant_id, $1, 'recordings'",
            "recorded space of all tenants, once a day"
        ),
        (
            "UsageStore.swift",
            "insert into usage_events (tenant_id, at, source, id, meter, subject, quantity) select tenant_id, $1, 'secrets'",
            "stored secrets of all tenants, once a day"
        ),
        (
            "PasskeyDecision.swift", "delete from decision_challenges where expires_at",
            "challenges that nobody can answer any more are forgotten, whosever they are"
        ),
        (
            "MailLink.swift", "delete from ticket_mail_links where expires_at",
            "links that lead nowhere any more are forgotten, whosever they are"
        ),
        (
            "CardSweep.swift", "delete from messenger_events where at",
            "callbacks that are too old to come again"
        ),
        (
            "CardSweep.swift", "delete from messenger_cards where ticket_id is null",
            "notices that were told long ago"
        ),
        (
            "CardSweep.swift", "select distinct tenant_id from messenger_cards where fallback_at",
            "tenants with approvers who have to be told another way"
        ),
        (
            "StreamClaims.swift", "update messenger_streams s set held_until",
            "what a server holds, of whichever tenant"
        ),
        (
            "StreamClaims.swift", "with mine as ( select m.tenant_id, count(*)",
            "connections that no server holds, in turns of tenants"
        ),
        (
            "ServiceLevels.swift", "delete from service_levels where hour",
            "pruning by age"
        ),
        (
            "SupportStore.swift", "select a.support_access_id, a.tenant_id, a.operator_name",
            "what operators asked of whichever tenant"
        ),
        (
            "SupportStore.swift", "select tenant_id from support_accesses where support_access_id",
            "whom an operator asked"
        ),
        (
            "HostNameStore.swift", "select tenant_id from tenants where host_name is not null",
            "companies whose own host names are looked at"
        ),
        (
            "TenantStore.swift", "select tenant_id from tenants where state = 'closing'",
            "tenants whose grace period is over"
        ),
        (
            "TenantStore.swift", "select tenant_id from tenants where state = 'trial'",
            "tenants whose trial is over"
        ),
    ]
}
