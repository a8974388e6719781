import Audit
import Cryptography
package import FoundationEssentials
import Jobs
package import Kernel
import Metering
import Outbound
import Postgres
import Tenancy

extension Messaging {
    /// How long a receiver has to answer.
    static let answerTime: Duration = .seconds(15)

    /// Makes one attempt at each of these deliveries, all at once, and settles what comes next: done, another attempt
    /// later, or dead. `ended` hears of each, also of those that need no attempt any more.
    ///
    /// The destination is checked when the socket is opened, against private and metadata addresses; redirects are not
    /// followed, so that a receiver cannot send us somewhere else.
    package func deliver(
        _ ids: [DeliveryID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (DeliveryID, (any Error)?) -> Void = { _, _ in }
    ) async {
        let pending: [PendingDelivery]
        let ground: DeliveryGround
        do {
            pending = try await deliveries.pending(ids, at: clock(), in: scope, database)
            ground = DeliveryGround(
                keys: try await chain(for: pending, at: clock(), in: scope), scope: scope, clock: clock)
        } catch {
            return ids.forEach { ended($0, error) }
        }
        Set(ids).subtracting(pending.map(\.id)).forEach { ended($0, nil) }
        await withDiscardingTaskGroup { group in
            for one in pending {
                group.addTask {
                    do {
                        try await deliver(one, on: ground)
                        ended(one.id, nil)
                    } catch {
                        ended(one.id, error)
                    }
                }
            }
        }
    }

    /// The company's keys. What has waited for them for too long is given up, with its reason.
    private func chain(
        for pending: [PendingDelivery], at now: Date, in scope: TenantScope
    ) async throws -> TenantKeyChain {
        do {
            return try await keys.chain(in: scope)
        } catch let error where !(error is CancellationError) {
            let late = pending.filter { $0.hasWaitedForKeys(at: now) }.map(\.id)
            try await database.transaction(in: scope) { transaction in
                try await deliveries.bury(
                    late, because: "The company's key cannot be used.", at: now, in: scope, transaction)
            }
            throw error
        }
    }

    private func deliver(_ pending: PendingDelivery, on ground: DeliveryGround) async throws {
        guard let contents = try? Contents(of: pending, ground.keys) else { return try await postpone(pending, ground) }
        let outcome = try await attempt(pending, contents, on: ground)
        let (now, scope) = (ground.clock(), ground.scope)
        // An attempt that is forgotten is made again, as one is that was not noted in time. What ends something is kept.
        let endsSomething =
            outcome.state == .dead || outcome.isGone
            || outcome.state != .delivered && pending.health.isHopeless(at: now)
        let durability = endsSomething ? Durability.full : .brief
        try await database.transaction(in: scope, lasting: durability) { transaction in
            let isNews =
                outcome.state != .delivered || !pending.health.isUnchanged(bySuccessIn: outcome.milliseconds)
            if isNews { try await store.holdHealth(of: pending.webhook, in: scope, transaction) }
            guard try await deliveries.note(outcome, of: pending.id, at: now, in: scope, transaction) else { return }
            if outcome.state == .delivered {
                try await Metering.record(
                    [
                        UsageEvent(
                            at: now, source: "deliveries/\(pending.id.text)", id: "delivered",
                            meter: .webhookDeliveries, subject: pending.webhook.text, quantity: 1)
                    ], of: scope.tenant, in: transaction)
                if isNews {
                    try await store.noteSuccess(
                        of: pending.webhook, pace: FairPace(of: .milliseconds(outcome.milliseconds)), in: scope,
                        transaction)
                }
            } else {
                try await noteFailure(outcome, of: pending, at: now, in: scope, transaction)
            }
        }
    }

    private func noteFailure(
        _ outcome: DeliveryOutcome, of pending: PendingDelivery, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let rest = pending.health.rest(asked: outcome.askedPause)
        try await store.noteFailure(
            of: pending.webhook, restingUntil: rest.map(now.addingTimeInterval), at: now, in: scope, transaction)
        let reason: Webhook.DisabledBecause
        if outcome.isGone {
            reason = .gone
        } else if pending.health.isHopeless(at: now) {
            reason = .failing
        } else {
            return
        }
        guard let name = try await store.disable(pending.webhook, because: reason, in: scope, transaction) else {
            return
        }
        try await AuditLog(database: database).append(
            AuditEntry(
                action: EventKinds.disabled.type, actor: .system("webhooks"),
                target: AuditTarget("webhook", pending.webhook, name),
                details: ["reason": .string(reason.rawValue)], at: now), in: scope, transaction)
        try await Outbox().publish(
            DomainEvent(
                type: EventKinds.disabled.type, subject: pending.webhook.text,
                data: ["name": .string(name), "reason": .string(reason.rawValue)], at: now), in: scope, transaction)
    }

    /// What lies sealed cannot be opened, which is not the receiver's fault: a key may come back, and if it does not within a
    /// day nobody waits any longer.
    private func postpone(_ pending: PendingDelivery, _ ground: DeliveryGround) async throws {
        let now = ground.clock()
        var outcome = DeliveryOutcome(
            state: pending.hasWaitedForKeys(at: now) ? .dead : .pending,
            error: "What it is signed with, or what is sealed of it, cannot be opened.", begun: now)
        if outcome.state == .pending { outcome.nextAttemptAt = now + PendingDelivery.pauseForKeys }
        try await database.transaction(in: ground.scope) { transaction in
            _ = try await deliveries.note(outcome, of: pending.id, at: now, in: ground.scope, transaction)
        }
    }

    /// What is sent, and by what it is signed.
    private struct Contents {
        let body: [UInt8]
        let secrets: [WebhookSecret]

        init(of pending: PendingDelivery, _ keys: TenantKeyChain) throws {
            secrets = try keys.secrets(pending.sealedSecrets, of: pending.webhook)
            guard !secrets.isEmpty else { throw MessagingError.notFound }
            guard let sealed = pending.sealed else {
                body = pending.body.bytes
                return
            }
            let bytes = try keys.open(sealed, table: DeliveryStore.table, row: pending.id.text, version: 1)
            let data = pending.body["data"] ?? [:]
            body = pending.body.merging(["data": data.merging(try JSONParser.parse(bytes))]).bytes
        }
    }

    private func attempt(
        _ pending: PendingDelivery, _ contents: Contents, on ground: DeliveryGround
    ) async throws -> DeliveryOutcome {
        let (body, secrets) = (contents.body, contents.secrets)
        let now = ground.clock()
        let start = ContinuousClock.now
        var outcome = DeliveryOutcome(state: .delivered, begun: now)
        do {
            let request = OutboundRequest(
                .post, try OutboundURL(pending.url),
                headers: [
                    "Content-Type": "application/json", "webhook-id": pending.event.text,
                    "webhook-timestamp": String(Int(now.timeIntervalSince1970.rounded(.down))),
                    // One for each secret that is good: whoever has either finds theirs.
                    "webhook-signature": secrets.map {
                        $0.signature(id: pending.event.text, timestamp: now, body: body)
                    }.joined(separator: " "),
                ],
                body: body, opened: pending.opened)
            let (head, answer) = try await call(request)
            outcome.status = head.status
            // What is behind an opened door is not for everybody who may look at the log.
            let isOpened = pending.opened.contains(request.url.destination)
            outcome.answer = answer.isEmpty || isOpened ? nil : AnswerExcerpt.text(answer)
            if !head.isSuccess {
                outcome.error = "The receiver answered \(head.status)."
                outcome.askedPause = RetryAfter.seconds(head.headers["Retry-After"], at: now)
            }
        } catch OutboundError.cancelled, OutboundError.stopped {
            // This node is going down, which says nothing about the receiver: another one takes it up.
            throw CancellationError()
        } catch let error as OutboundError {
            outcome.error = String("\(error)".prefix(500))
        }
        outcome.milliseconds = (ContinuousClock.now - start).milliseconds
        if outcome.error != nil { settle(&outcome, pending, at: ground.clock()) }
        return outcome
    }

    /// Head and first bytes of an answer: what follows is not read, however long it is.
    private func call(_ request: OutboundRequest) async throws -> (ResponseHead, [UInt8]) {
        try await withThrowingTaskGroup(of: (ResponseHead, [UInt8]).self) { group in
            group.addTask {
                let stream = try await client.stream(request, idleTimeout: Self.answerTime)
                var bytes: [UInt8] = []
                for try await part in stream {
                    bytes += part.prefix(AnswerExcerpt.bytes - bytes.count)
                    if bytes.count >= AnswerExcerpt.bytes { break }
                }
                return (stream.head, bytes)
            }
            group.addTask {
                try await Task.sleep(for: Self.answerTime)
                throw OutboundError.timedOut(request.url.destination, .answering)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func settle(_ outcome: inout DeliveryOutcome, _ pending: PendingDelivery, at now: Date) {
        var random = SystemRandomNumberGenerator()
        let delay =
            outcome.isGone
            ? nil
            : RetrySchedule.delay(after: pending.attempts + 1, asked: outcome.askedPause, using: &random)
        outcome.state = delay == nil ? .dead : .pending
        outcome.nextAttemptAt = delay.map(now.addingTimeInterval)
    }
}

/// What deliveries of one tenant stand on.
private struct DeliveryGround: Sendable {
    let keys: TenantKeyChain
    let scope: TenantScope
    let clock: @Sendable () -> Date
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
