import Audit
import FoundationEssentials
import Jobs
import Kernel
import Logging
import Postgres

extension Messengers {
    /// Attempts at one card; before that, somebody else has told the approver.
    static let mostAttempts = 7
    /// How long a vendor has to show a card, however many questions that takes; with the look for its reader an attempt is
    /// over before its lease.
    private static let showTime: Duration = .seconds(50)
    /// How long vendors have to take a card before the approver is told another way as well.
    static let patience: TimeInterval = 120

    /// Brings these cards to what their requests are now, all at once, and settles what comes next. `ended` hears of each.
    func deliver(
        _ ids: [MessengerCardID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (MessengerCardID) -> Void = { _ in }
    ) async throws {
        let waiting = try await cards.waiting(ids, in: scope, database)
        Set(ids).subtracting(waiting.map(\.id)).forEach(ended)
        guard !waiting.isEmpty else { return }
        let ground = try await ground(for: waiting, at: clock(), in: scope)
        let plans = waiting.compactMap { Plan($0, on: ground) }
        // What cannot be done now has its lease end, and comes again.
        Set(waiting.map(\.id)).subtracting(plans.map(\.card.id)).forEach(ended)
        let quiet = plans.compactMap(\.result).map(ground.rerouted)
        if !quiet.isEmpty { await settle(quiet, clock: clock, in: scope, ended: ended) }
        let calls = plans.filter { $0.result == nil }
        try await cards.prepare(calls.filter { $0.card.ticket != nil }.map(\.card), in: scope, database)
        let done = Gathering<CardResult>()
        await withDiscardingTaskGroup { group in
            for plan in calls {
                group.addTask {
                    guard let result = await send(plan, on: ground, clock: clock) else { return ended(plan.card.id) }
                    await done.add(result) { await settle($0, clock: clock, in: scope, ended: ended) }
                }
            }
        }
    }

    /// Asks the vendor, and says what came of it; nil if this node goes down, which says nothing about the vendor.
    private func send(
        _ plan: Plan, on ground: CardGround, clock: @escaping @Sendable () -> Date
    ) async -> CardResult? {
        let start = ContinuousClock.now
        var result: CardResult
        do {
            result = try await call(plan, on: ground, at: clock())
        } catch {
            guard let fault = VendorFault.of(error) else { return nil }
            result = failed(plan.card, fault, at: clock())
        }
        if result.channel != nil, result.error == nil {
            result.channel?.pace = FairPace(of: ContinuousClock.now - start)
        }
        return ground.rerouted(result)
    }

    private func call(_ plan: Plan, on ground: CardGround, at now: Date) async throws -> CardResult {
        var card = plan.card
        let channel = plan.channel
        if case .update(let face, let handle) = plan.work {
            let request = channel.vendor.update(handle, with: face, of: card.address ?? "")
            if case .sent(let new) = try await ask(request, through: channel, inAll: Self.showTime, at: now) {
                card.handle = new
            }
            return CardResult(card: card, outcome: .shown(isOver: plan.isOver), channel: ChannelNews())
        }
        var address = ground.address(of: card.user, through: channel)
        if address == nil, channel.channel.people == .email, let user = card.user,
            let email = ground.people[user]?.email
        {
            address = try await look(for: email, through: channel, at: now)
            if let address {
                // Before it is sent: somebody may touch the card before the vendor has said that it is there.
                let found = FoundPerson(
                    channel: card.channel, user: user, email: email.lowercased(), address: address, at: now)
                try await channels.keep([found], in: ground.scope, database)
            }
        }
        let request: VendorRequest?
        switch (address, plan.work) {
        case (let address?, .send(let face)):
            request = channel.vendor.send(face, to: address, once: "gh-\(card.nonce)")
        case (let address?, .say(let note)): request = channel.vendor.say(note, to: address, once: "gh-\(card.nonce)")
        default: request = nil
        }
        guard let request else {
            return CardResult(card: card, outcome: .closed, error: "Nobody there is known to be this person.")
        }
        card.address = address
        guard case .sent(let handle) = try await ask(request, through: channel, inAll: Self.showTime, at: now) else {
            throw VendorFault(.refused, "The vendor has not said which message it is.")
        }
        card.handle = handle
        return CardResult(card: card, outcome: .shown(isOver: plan.isOver), channel: ChannelNews())
    }

    /// Whom the vendor's directory knows by this mail address.
    func look(
        for email: String, through channel: OpenChannel, inAll time: Duration = .seconds(30), at now: Date
    ) async throws -> String? {
        guard !email.isEmpty, let question = channel.vendor.lookUp(email: email.lowercased()),
            case .address(let address?) = try await ask(question, through: channel, inAll: time, at: now),
            !address.isEmpty
        else { return nil }
        return address
    }

    private func failed(_ card: KeptCard, _ fault: VendorFault, at now: Date) -> CardResult {
        var result = CardResult(card: card, outcome: .dead, error: fault.text, channel: ChannelNews(error: fault.text))
        switch fault.kind {
        case .rest(let asked):
            let end = now + min(max(asked ?? 30, 1), 3600)
            result.channel?.restingUntil = end
            result.outcome = .later(end, counting: false)
        case .again, .staleToken:
            result.channel?.pace = .slow
            guard card.attempts + 1 < Self.mostAttempts else { return result }
            var random = SystemRandomNumberGenerator()
            let delay = Self.pause(after: card.attempts, using: &random)
            // A vendor who does not answer keeps places that others need: it is left alone for a while.
            if card.attempts > 0 { result.channel?.restingUntil = now + min(delay, 30) }
            result.outcome = .later(now + delay, counting: true)
        case .refused: break
        }
        return result
    }

    /// 2 s, 8 s, half a minute, and so on up to half an hour, each a little different for each card.
    static func pause(after attempts: Int, using random: inout some RandomNumberGenerator) -> TimeInterval {
        let whole = (0..<max(0, min(attempts, 10))).reduce(2.0) { value, _ in value * 4 }
        return min(whole, 1800) * Double.random(in: 0.8...1.2, using: &random)
    }

    /// Writes down what came of attempts, and tells others whom they have to tell.
    private func settle(
        _ results: [CardResult], clock: @Sendable () -> Date, in scope: TenantScope,
        ended: @Sendable (MessengerCardID) -> Void
    ) async {
        defer { results.forEach { ended($0.card.id) } }
        let now = clock()
        do {
            var news: [MessengerChannelID: ChannelNews] = [:]
            for result in results {
                guard let said = result.channel else { continue }
                news[result.card.channel] = news[result.card.channel].map { $0.and(said) } ?? said
            }
            try await channels.note(news, in: scope, database)
            try await database.transaction(in: scope) { tx in
                try await cards.hold(results.map(\.card.id), in: scope, tx)
                try await cards.settle(results, at: now, in: scope, tx)
                try await cards.postpone(results, in: scope, tx)
                try await cards.move(results, at: now, in: scope, tx)
                let untold = try await cards.end(results, at: now, in: scope, tx)
                try await cards.release(results.map(\.card.id), in: scope, tx)
                try await tell(
                    results.filter { untold.contains($0.card.id) }.map { ($0.card, $0.error ?? "") }, at: now,
                    in: scope,
                    tx)
            }
        } catch {
            // Their leases end, and then they come again.
            ground.logger.warning(
                "Cards could not be settled", metadata: ["tenant": "\(scope.tenant)", "error": "\(error)"])
        }
    }
}
