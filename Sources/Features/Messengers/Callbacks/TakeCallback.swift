import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Logging
import Messaging
import Outbound
import Postgres

extension Messengers {
    /// What a vendor may post.
    static let callbackLimit = 64 << 10
    /// Vendors give up after two or three seconds.
    private static let answerTime: Duration = .milliseconds(1900)
    private static let asideTime: Duration = .milliseconds(900)

    /// Takes what claims to come from a vendor. It is believed if the channel's secrets say so, if it is of now, and if it is
    /// about the channel's own app and company; it counts once; and what it does is decided by who has clicked, as the vendor
    /// says, and never by what the button carries.
    package func take(
        _ token: String, _ callback: RawCallback, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> CallbackReply {
        guard let sealed = try await channels.sealed(callback: RandomToken.hash(of: token).bytes, in: scope, database)
        else {
            audit.skip()
            throw MessengerError.notFound
        }
        audit.target("messenger-channel", sealed.channel.id.text, name: sealed.channel.name)
        let vault = try await ChannelVault(sealed.sealed, of: sealed.channel.id, keys, in: scope)
        let channel = OpenChannel(
            sealed.channel, vault.secrets, opened: try await EgressOpenings(database: database)(in: scope), in: scope)
        let read: VendorCallback
        do {
            read = try channel.vendor.read(callback, at: now)
        } catch {
            audit.detail("reason", .string("\(error)"))
            throw MessengerError.callbackRefused
        }
        switch read {
        case .answered(let reply):
            audit.skip()
            return reply
        case .click(let click):
            let (outcome, face) = await settled(click, through: channel, audit: audit, at: now, in: scope)
            if let aside = channel.vendor.aside(outcome, to: click, face: face) {
                _ = try? await ask(aside, through: channel, within: Self.asideTime, at: now)
            }
            if case .verdict(.counted, _) = outcome {} else { try? await audit.refuse(outcome) }
            return channel.vendor.answer(outcome, to: click, face: face, at: now)
        }
    }

    /// What comes of a click within the time that vendors give; whatever goes wrong is no error to them.
    private func settled(
        _ click: VendorClick, through channel: OpenChannel, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async -> (ClickOutcome, CardFace?) {
        await withTaskGroup(of: (ClickOutcome, CardFace?).self) { group in
            group.addTask {
                do {
                    return try await settle(click, through: channel, audit: audit, at: now, in: scope)
                } catch {
                    ground.logger.warning(
                        "A click could not be settled",
                        metadata: [
                            "channel": "\(channel.channel.id)", "tenant": "\(scope.tenant)", "error": "\(error)",
                        ])
                    return (.busy, nil)
                }
            }
            group.addTask {
                try? await Task.sleep(for: Self.answerTime)
                return (.busy, nil)
            }
            defer { group.cancelAll() }
            return await group.next() ?? (.busy, nil)
        }
    }

    private func settle(
        _ click: VendorClick, through channel: OpenChannel, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> (ClickOutcome, CardFace?) {
        let id = channel.channel.id
        let isNew = try await cards.isNew(
            event: Hash256.of(Array(click.event.utf8)).bytes, of: id, at: now, in: scope, database)
        guard let user = try await user(behind: click, through: channel.channel, in: scope) else {
            return (.unlinked, nil)
        }
        guard let reference = CardReference(parsing: click.reference),
            let kept = try await cards.find(nonce: reference.nonce, in: id, scope: scope, database),
            let request = try await desk.card(kept.ticket, scope)
        else { return (.unknown, nil) }
        // A card is one person's: somebody to whom it was forwarded learns nothing by it, whoever they are.
        guard kept.user == user, let person = try await people.people([user], scope)[user] else {
            return (.verdict(.notYours, isApproval: false), nil)
        }
        audit.target("ticket", kept.ticket.text, name: "#\(request.number)")
        let portal = try await portal(scope)
        func face(_ request: ApprovalCard) -> CardFace {
            CardFace(request, for: kept, language: CardLanguage(tag: person.language), portal: portal)
        }
        guard isNew else { return (.repeated, face(request)) }
        let isApproval: Bool
        switch click.choice {
        case .approve: isApproval = true
        case .reject: isApproval = false
        case .form: return (.form, face(request))
        case .refresh: return (.repeated, face(request))
        }
        let verdict: ApprovalVerdict
        if request.state != .open {
            verdict = .alreadyDecided
        } else if let level = request.level(of: user)?.number ?? kept.level, let digest = kept.digest {
            // What somebody has seen is what their own card shows, and not what was sent after it.
            if CardReference(kept, of: digest) == reference, request.level(of: user) == nil || level == kept.level {
                verdict = try await desk.decide(
                    ApprovalClick(
                        ticket: kept.ticket, level: level, user: user, isApproval: isApproval,
                        comment: CardText.lines(click.comment, 500), digest: digest,
                        vendor: channel.channel.settings.vendor, at: now), audit, scope)
            } else {
                verdict = .changed
            }
        } else {
            verdict = .alreadyDecided
        }
        if verdict == .changed { try await cards.touch(kept.id, at: now, in: scope, database) }
        let after = try await desk.card(kept.ticket, scope) ?? request
        return (.verdict(verdict, isApproval: isApproval), face(after))
    }

    /// Whose account at the vendor it is: by a link that was verified, or by the mail address that the vendor has said and
    /// that is theirs still. One account of two people is nobody's.
    private func user(
        behind click: VendorClick, through channel: MessengerChannel, in scope: TenantScope
    ) async throws -> UserID? {
        switch channel.people {
        case .links:
            guard let provider = channel.provider, let subject = click.subject else { return nil }
            return try await people.user(subject, provider, scope)
        case .email:
            let found = try await channels.people(at: click.address, in: channel.id, scope: scope, database)
            let known = try await people.people(found.map(\.user), scope)
            let theirs = found.filter { known[$0.user]?.email?.lowercased() == $0.email }
            return theirs.count == 1 ? theirs[0].user : nil
        }
    }
}

extension AuditDraft {
    /// Leaves word of an answer that did not count. Repeats and questions are nothing to speak of.
    fileprivate func refuse(_ outcome: ClickOutcome) async throws {
        switch outcome {
        case .verdict(.counted, _), .repeated, .form, .verdict(.alreadyDecided, _): skip()
        case .verdict(let verdict, _):
            detail("reason", .string(verdict.rawValue))
            try await refuse(because: .callbackRefused)
        case .unlinked, .unknown, .busy:
            detail("reason", .string("\(outcome)"))
            try await refuse(because: .callbackRefused)
        }
    }
}
