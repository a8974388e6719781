import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Jobs
package import Kernel
import Logging
import Messaging
import Outbound
import Postgres

/// What came of a click, for whoever answers it.
private struct SettledClick: Sendable {
    var outcome: ClickOutcome
    var face: CardFace?
    var channel: OpenChannel
    /// The card that was touched.
    var card: MessengerCardID?
}

extension Messengers {
    /// What a vendor may post.
    static let callbackLimit = 64 << 10
    /// Vendors give up after two or three seconds.
    private static let answerTime: Duration = .milliseconds(1700)
    private static let asideTime: Duration = .milliseconds(900)
    /// How long a vendor has for what a click asks of it: others' clicks wait for the place.
    private static let patienceForClicks: Duration = .seconds(3)

    /// Takes what claims to come from a vendor. It is believed if the channel's secrets say so, if it is of now, and if it is
    /// about the channel's own app and company; it counts once; and what it does is decided by who has clicked, as the vendor
    /// says, and never by what the button carries.
    ///
    /// The vendor has its answer in time. What takes longer goes on to its end, and what came of it is on the card.
    package func take(
        _ token: String, _ callback: RawCallback, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> CallbackReply {
        let start = ContinuousClock.now
        let (channel, told) = try await proven(token, callback, audit: audit, at: now, in: scope)
        guard case .click(let click) = told else {
            audit.skip()
            guard case .answered(let reply) = told else { return .empty }
            return reply
        }
        return await answer(
            click, through: channel, within: Self.answerTime - (ContinuousClock.now - start), audit: audit, at: now,
            in: scope)
    }

    /// Does what a click asks for, once it is known to be the vendor's, and says what the vendor is answered in that time.
    func answer(
        _ click: VendorClick, through channel: OpenChannel, within time: Duration = answerTime, audit: AuditDraft,
        at now: Date, in scope: TenantScope
    ) async -> CallbackReply {
        audit.target("messenger-channel", channel.channel.id.text, name: channel.channel.name)
        let answer = await clicks.answer(for: scope.tenant, within: time) {
            await settled(click, through: channel, audit: audit, at: now, in: scope)
        } late: { settled in
            await finish(settled, click, audit: audit, at: now, in: scope)
        }
        switch answer {
        case .done(let settled):
            try? await audit.refuse(settled.outcome)
            await say(settled, click, within: Self.asideTime, at: now)
            return channel.vendor.answer(settled.outcome, to: click, face: settled.face, at: now)
        case .underWay:
            // The line in the trail is written when it is known what came of it.
            audit.handOver()
            return channel.vendor.answer(.underWay, to: click, face: nil, at: now)
        case .refused:
            audit.skip()
            return channel.vendor.answer(.busy, to: click, face: nil, at: now)
        }
    }

    /// Whatever goes wrong is no error to the vendor.
    private func settled(
        _ click: VendorClick, through channel: OpenChannel, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async -> SettledClick {
        var settled = SettledClick(outcome: .busy, channel: channel)
        do {
            settled.channel.opened = try await EgressOpenings(database: database)(in: scope)
            try await settle(click, &settled, audit: audit, at: now, in: scope)
        } catch {
            ground.logger.warning(
                "A click could not be settled",
                metadata: ["channel": "\(channel.channel.id)", "tenant": "\(scope.tenant)", "error": "\(error)"])
        }
        return settled
    }

    /// What is left to do when the vendor has long had its answer: the card shows what came of the click.
    private func finish(
        _ settled: SettledClick, _ click: VendorClick, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async {
        do {
            try await audit.refuse(settled.outcome)
            if let card = settled.card { try await cards.touch(card, at: now, in: scope, database) }
        } catch {
            ground.logger.warning("The end of a click could not be noted", metadata: ["error": "\(error)"])
        }
        // A form cannot be opened any more.
        if case .form = settled.outcome { return }
        await say(settled, click, within: Self.patienceForClicks, at: now)
    }

    private func say(_ settled: SettledClick, _ click: VendorClick, within time: Duration, at now: Date) async {
        guard let aside = settled.channel.vendor.aside(settled.outcome, to: click, face: settled.face) else { return }
        _ = try? await ask(aside, through: settled.channel, inAll: time, at: now)
    }

    private func settle(
        _ click: VendorClick, _ settled: inout SettledClick, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws {
        let channel = settled.channel
        let id = channel.channel.id
        let isNew = try await cards.isNew(
            event: Hash256.of(Array(click.event.utf8)).bytes, of: id, at: now, in: scope, database)
        guard let user = try await user(behind: click, through: channel, at: now, in: scope) else {
            settled.outcome = .unlinked
            return
        }
        guard let reference = CardReference(parsing: click.reference),
            let kept = try await cards.find(nonce: reference.nonce, in: id, scope: scope, database),
            let ticket = kept.ticket, let request = try await desk.card(ticket, scope)
        else {
            settled.outcome = .unknown
            return
        }
        // A card is one person's: somebody to whom it was forwarded learns nothing by it, whoever they are.
        guard kept.user == user, let person = try await people.people([user], scope)[user] else {
            settled.outcome = .verdict(.notYours, isApproval: false)
            return
        }
        settled.card = kept.id
        audit.target("ticket", ticket.text, name: "#\(request.number)")
        let portal = try await portal(scope)
        func face(_ request: ApprovalCard) -> CardFace {
            CardFace(
                request, for: kept, by: channel.vendor, language: CardLanguage(tag: person.language), portal: portal)
        }
        settled.face = face(request)
        let isApproval: Bool
        switch (isNew, click.choice) {
        case (false, _), (_, .refresh):
            settled.outcome = .repeated
            return
        case (_, .form):
            settled.outcome = .form
            return
        case (_, .approve): isApproval = true
        case (_, .reject): isApproval = false
        }
        let verdict: ApprovalVerdict
        if request.state != .open {
            verdict = .alreadyDecided
        } else if isApproval, settled.face?.isCut == true {
            // Whatever was sent before, or made up: a card that does not show all of it approves nothing.
            verdict = .tooLong
        } else if let level = request.level(of: user)?.number ?? kept.level, let digest = kept.digest {
            // What somebody has seen is what their own card shows, and not what was sent after it.
            if CardReference(kept, of: digest) == reference, request.level(of: user) == nil || level == kept.level {
                verdict = try await desk.decide(
                    ApprovalClick(
                        ticket: ticket, level: level, user: user, isApproval: isApproval,
                        comment: CardText.lines(click.comment, 500), digest: digest,
                        vendor: channel.channel.settings.vendor, at: now), audit, scope)
            } else {
                verdict = .changed
            }
        } else {
            verdict = .alreadyDecided
        }
        // Whatever goes wrong from here on, it has been decided.
        settled.outcome = .verdict(verdict, isApproval: isApproval)
        if [.changed, .tooLong].contains(verdict) { try await cards.touch(kept.id, at: now, in: scope, database) }
        if let after = try await desk.card(ticket, scope) { settled.face = face(after) }
    }

    /// Whose account at the vendor it is: by a link that counts, or by the mail address that the vendor has said not long
    /// ago, and that is theirs still and nobody else's. One account of two people is nobody's.
    private func user(
        behind click: VendorClick, through channel: OpenChannel, at now: Date, in scope: TenantScope
    ) async throws -> UserID? {
        let id = channel.channel.id
        switch channel.channel.people {
        case .links:
            guard let link = channel.channel.link, let subject = click.subject else { return nil }
            return try await people.user(subject, link, scope)
        case .email:
            let found = try await channels.people(at: click.address, in: id, scope: scope, database)
            let known = try await people.people(found.map(\.user), scope)
            let theirs = found.filter { known[$0.user]?.email?.lowercased() == $0.email }
            guard theirs.count == 1, let one = theirs.first,
                try await people.having(one.email, scope).allSatisfy({ $0 == one.user })
            else { return nil }
            guard one.at <= now - Self.agreedForClicks else { return one.user }
            let address = try await look(
                for: one.email, through: channel, inAll: Self.patienceForClicks, at: now)
            if let address {
                let fresh = FoundPerson(channel: id, user: one.user, email: one.email, address: address, at: now)
                try await channels.keep([fresh], in: scope, database)
            }
            return address == click.address ? one.user : nil
        }
    }
}

extension AuditDraft {
    /// Leaves word of an answer that did not count. Repeats and questions are nothing to speak of.
    fileprivate func refuse(_ outcome: ClickOutcome) async throws {
        switch outcome {
        case .verdict(.counted, _), .repeated, .form, .verdict(.alreadyDecided, _), .verdict(.needsComment, _):
            skip()
        case .verdict(let verdict, _):
            detail("reason", .string(verdict.rawValue))
            try await refuse(because: .callbackRefused)
        case .unlinked, .unknown, .busy, .underWay:
            detail("reason", .string("\(outcome)"))
            try await refuse(because: .callbackRefused)
        }
    }
}
