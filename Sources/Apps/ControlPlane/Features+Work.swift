import Access
import Audit
import Billing
import FoundationEssentials
import HTTPAPI
import Hosting
import Identity
import Jobs
import Kernel
import Logging
import Messaging
import Messengers
import Metering
import Notifications
import Operators
import Postgres
import ServiceLevels
import ServiceLifecycle
import Sessions
import Tenancy
import Tickets
import Vault

/// What periodic work needs besides the features.
struct PeriodicParts: Sendable {
    let node: String
    let database: Database
    let dispatcher: EventDispatcher
    let idempotency: PostgresIdempotencyStore
    let logger: Logger
}

extension Features {
    /// Jobs by their kind. Each may run twice for the same job.
    func jobs(on database: Database, now: @escaping @Sendable () -> Date) -> [String: JobRunner.Handler] {
        return [
            RewrapSecrets.kind: { [rewrap] job in
                guard let tenant = job.tenant else { throw JobFailure.giveUp("the job names no tenant") }
                try await rewrap(in: TenantScope(tenant: tenant), at: now())
            },
            TenantErasure.job: { [erasure] job in
                guard let tenant = job.tenant else { throw JobFailure.giveUp("the job names no tenant") }
                try await erasure.erase(tenant, clock: now)
            },
            Mailer.job: { [mailer] job in
                guard let id = job.payload["mail"]?.text.flatMap({ MailID($0) }) else {
                    throw JobFailure.giveUp("the job names no mail")
                }
                try await mailer.deliver(id, of: job.tenant, at: now())
            },
            Identity.syncJob: { [identity] job in
                guard let tenant = job.tenant, let run = job.payload["run"]?.text.flatMap(IdentitySyncRunID.init)
                else { throw JobFailure.giveUp("the job names no run") }
                try await identity.sync(
                    run, attempt: job.attempt, in: TenantScope(tenant: tenant), clock: now)
            },
            MasterKeyDesk.kind: { [masterKey] _ in try await masterKey.work() },
            // Left by earlier versions; what they name is claimed where it lies.
            Messaging.deliverJob: { _ in },
            "announcement.tell": { _ in },
            Billing.pushJob: { [billing] job in
                guard let invoice = job.payload["invoice"]?.text.flatMap(InvoiceID.init) else {
                    throw JobFailure.giveUp("the job names no invoice")
                }
                try await billing.deliver(invoice, at: now())
            },
            Notifications.spreadJob: { [notifications] _ in try await notifications.spread(at: now()) },
            Recordings.sealJob: { [recordings] job in
                guard let tenant = job.tenant, let id = job.payload["recording"]?.text.flatMap(RecordingID.init)
                else { throw JobFailure.giveUp("the job names no recording") }
                try await recordings.seal(id, in: TenantScope(tenant: tenant), at: now())
            },
        ]
    }

    /// What is done again and again, on one node at a time.
    func periodic(on parts: PeriodicParts, now: @escaping @Sendable () -> Date) -> [PeriodicJob] {
        func every(
            _ seconds: Int, _ name: String, _ body: @escaping @Sendable () async throws -> Void
        ) -> PeriodicJob {
            PeriodicJob(
                name: name, interval: .seconds(seconds), node: parts.node, database: parts.database,
                logger: parts.logger, body: body)
        }
        let queue = JobQueue(database: parts.database)
        return [
            every(5, "sessions.sweep") { [sessions] in try await sessions.sweep(at: now()) },
            every(15, "tenants.end-trials") { [tenancy] in
                while try await tenancy.endTrials(at: now()) == 100 {}
            },
            every(15, "host-names.check") { [hostNames] in
                while try await hostNames.lookAround(at: now()) == 20 {}
            },
            every(60, "sign-ups.sweep") { [signUps] in try await signUps.sweep(at: now()) },
            every(15, "tenants.erase") { [erasure] in
                for tenant in try await erasure.due(at: now()) {
                    try await queue.enqueue(
                        kind: TenantErasure.job, tenant: tenant, runAt: now(), dedupeKey: tenant.text,
                        scope: SystemScope(reason: "erase tenants"))
                }
            },
            every(15, "grants.end") { [access] in
                while try await access.endDueGrants(at: now()) == 500 {}
            },
            every(15, "check-outs.end") { [vault] in
                while try await vault.endDueCheckOuts(at: now()) == 500 {}
            },
            every(5, "roles.end") { [identity] in
                while try await identity.endDueRoles(at: now()) == 500 {}
            },
            every(60, "break-glass.tell") { [tickets] in
                while try await tickets.tellOfMissingReviews(at: now()) == 500 {}
            },
            every(30, "grants.remind") { [access] in
                while try await access.remindOfEnds(at: now()) == 500 {}
            },
            every(30, "check-outs.remind") { [vault] in
                while try await vault.remindOfCheckOutEnds(at: now()) == 500 {}
            },
            every(30, "grants.end-unused") { [access] in
                while try await access.endUnusedGrants(at: now()) == 500 {}
            },
            every(30, "tickets.move") { [tickets, trail] in
                while try await tickets.moveDueTickets(at: now(), trail: trail) == 500 {}
                try await tickets.pruneMailLinks(at: now())
                try await tickets.pruneChallenges(at: now())
            },
            every(15, "reviews.withdraw") { [reviews] in
                while try await reviews.withdrawAbandoned(at: now()) == 500 {}
            },
            every(3600, "reviews.prune") { [reviews] in try await reviews.prune(at: now()) },
            every(5, "notices.send") { [notifications] in
                while try await notifications.sendDue(at: now()) {}
            },
            every(60, "announcements.spread") { [notifications] in try await notifications.spread(at: now()) },
            every(600, "notices.trim") { [notifications] in try await notifications.trim(at: now()) },
            every(3600, "notices.prune") { [notifications] in try await notifications.prune(at: now()) },
            every(60, "recordings.reap") { [recordings] in try await recordings.reap(at: now()) },
            every(60, "sessions.review") { [hosting] in try await hosting.review(at: now()) },
            every(10, "workers.watch") { [hosting] in
                for news in try await hosting.watch(at: now()) {
                    let facts: Logger.Metadata = ["worker": "\(news.worker)", "name": "\(news.name)"]
                    if news.isMissing {
                        parts.logger.error("Nothing is heard of a worker", metadata: facts)
                    } else {
                        parts.logger.notice("A worker is heard of again", metadata: facts)
                    }
                }
            },
            every(60, "hosting.sweep") { [hosting] in try await hosting.sweep(at: now()) },
            every(60, "usage.roll-up") { [metering] in
                try await metering.rollUp(at: now())
            },
            every(3600, "usage.measure") { [metering] in try await metering.measureDay(at: now()) },
            every(300, "quotas.measure") { [plans] in try await plans.measureRecordings(at: now()) },
            every(3600, "quotas.recount") { [plans] in try await plans.recount(at: now()) },
            every(300, "identity.purge") { [identity] in try await identity.purge(at: now()) },
            every(1, "identity.end-accounts") { [identity] in
                while try await identity.endDueAccounts(at: now()) == 500 {}
            },
            every(3600, "identity.tell-of-ends") { [identity] in try await identity.tellOfEnds(at: now()) },
            every(15, "identity.start-syncs") { [identity] in
                func tell(_ missed: MissedSync) {
                    parts.logger.error(
                        "A directory sync could not be started",
                        metadata: [
                            "tenant": "\(missed.tenant)", "provider": "\(missed.provider)", "error": "\(missed.error)",
                        ])
                }
                while try await identity.startDueSyncs(at: now(), missed: tell) == 200 {}
            },
            every(300, "operators.purge") { [operators] in try await operators.purge(at: now()) },
            every(3600, "service-levels.prune") { [levels] in try await levels.prune(at: now()) },
            every(3600, "webhooks.sweep") { [messaging] in try await messaging.sweep(at: now()) },
            every(3600, "jobs.prune") { [mailer] in
                let week = now().addingTimeInterval(-7 * 86_400)
                try await queue.prune(before: week)
                try await parts.dispatcher.prune(before: week)
                try await mailer.prune(before: now().addingTimeInterval(-30 * 86_400))
            },
            every(3600, "recordings.expire") { [recordings, tenants] in
                try await tenants.forEachTenant(Setting.recordingDays) { scope, days, parts in
                    let now = now()
                    let before = now.addingTimeInterval(-86_400 * Double(days))
                    let keeping = parts.mapValues { now.addingTimeInterval(-86_400 * Double($0)) }
                    while try await recordings.expire(before: before, keeping: keeping, at: now, in: scope)
                        == Recordings.expiredAtOnce
                    {}
                }
            },
            every(3600, "audit.expire") { [trail, tenants] in
                try await tenants.forEachTenant(Setting.auditDays) { scope, days, parts in
                    let now = now()
                    let before = now.addingTimeInterval(-86_400 * Double(days))
                    let keeping = parts.mapValues { now.addingTimeInterval(-86_400 * Double($0)) }
                    _ = try await trail.expire(before: before, keeping: keeping, at: now, in: scope)
                }
            },
            every(3600, "keys.settle") { [tenancy] in
                // As jobs: several at once, in turns, and one whose key service is away keeps nobody waiting.
                for scope in try await tenancy.withRetiredKeys() {
                    try await queue.enqueue(
                        kind: RewrapSecrets.kind, tenant: scope.tenant, runAt: now(), dedupeKey: scope.tenant.text,
                        scope: SystemScope(reason: "keys that were replaced"))
                }
            },
            every(10, "messengers.fall-back") { [messengers] in try await messengers.fallBack(at: now()) },
            every(3600, "messengers.sweep") { [messengers] in try await messengers.sweep(at: now()) },
            every(3600, "idempotency.purge") { _ = try await parts.idempotency.purge(at: now()) },
        ]
    }
}
