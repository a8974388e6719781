package import FoundationEssentials
import Kernel
import Postgres
import Tenancy

// What waited for the end of quiet hours, for a digest, or for a way that is outside of the database.
extension Notifications {
    /// How many of a tenant are looked at in one go.
    static let dueAtOnce = 200
    static let mostAttempts = 6
    /// How many tenants are served at once, and how many calls each of them has under way: whose gateway is slow delays
    /// nobody else's notices.
    private static let (tenantsAtOnce, callsAtOnce) = (8, 8)
    /// How many calls of a tenant are made in one go: at ten seconds each they are over before the hold is.
    private static let mostCalls = 32
    private static let hold: TimeInterval = 120

    /// Sends what is due, of all tenants; returns whether there may be more.
    package func sendDue(at now: Date) async throws -> Bool {
        let tenants = try await NoticeDeliveryStore.tenantsWithDue(at: now, database)
        let results = await Self.few(Self.tenantsAtOnce, of: tenants) { tenant in
            try await sendDue(at: now, in: TenantScope(tenant: tenant))
        }
        // One tenant in trouble must not keep the others waiting.
        return try results.reduce(false) { try $1.get() || $0 }
    }

    /// Does something for each, a few at a time; what comes of them in no particular order.
    static func few<Item: Sendable, Outcome: Sendable>(
        _ most: Int, of items: [Item], _ work: @escaping @Sendable (Item) async throws -> Outcome
    ) async -> [Result<Outcome, any Error>] {
        await withTaskGroup(of: Result<Outcome, any Error>.self) { group in
            var (rest, results) = (items[...], [Result<Outcome, any Error>]())
            func begin() {
                guard let item = rest.popFirst() else { return }
                group.addTask {
                    do { return .success(try await work(item)) } catch { return .failure(error) }
                }
            }
            for _ in 0..<most { begin() }
            while let result = await group.next() {
                results.append(result)
                begin()
            }
            return results
        }
    }

    /// Letters go with the transaction that ends their waiting. What goes elsewhere is put off first and sent then: if this
    /// node dies in between, it comes again.
    func sendDue(at now: Date, in scope: TenantScope) async throws -> Bool {
        let (calls, isFull): ([NoticeDeliveryStore.Due], Bool) = try await database.transaction(in: scope) { tx in
            let due = try await NoticeDeliveryStore.due(at: now, limit: Self.dueAtOnce, in: scope, tx)
            let (active, others) = (due.filter(\.isActive), due.filter { !$0.isActive })
            try await NoticeDeliveryStore.settle(others, .failed, next: nil, in: scope, tx)
            let mails = active.filter { $0.channel == .mail }
            let letters = Self.letters(mails)
            if !letters.isEmpty { _ = try await ports.mail(letters, scope, now, tx) }
            try await NoticeDeliveryStore.settle(mails, .sent, next: nil, in: scope, tx)
            let waiting = active.filter { $0.channel != .mail }
            let calls = Array(waiting.prefix(Self.mostCalls))
            for (attempts, some) in Dictionary(grouping: calls, by: \.attempts) {
                let next = now + max(Self.hold, TimeInterval(60 << min(attempts, 6)))
                try await NoticeDeliveryStore.settle(some, .waiting, next: next, in: scope, tx)
            }
            return (calls, due.count == Self.dueAtOnce || calls.count < waiting.count)
        }
        let results = await Self.few(Self.callsAtOnce, of: calls) { try await send($0, in: scope) }
        for result in results { try result.get() }
        return isFull
    }

    private func send(_ due: NoticeDeliveryStore.Due, in scope: TenantScope) async throws {
        let message = NoticeMessage(
            user: due.user, type: due.type, occasion: due.occasion, title: due.title, body: due.body, link: due.link,
            language: due.language)
        let state: NoticeDeliveryStore.State
        do {
            let isSent =
                due.channel == .sms
                ? try await ports.sms?(message, scope) : try await ports.chats?.say(message, due.channel, scope)
            state = isSent == true ? .sent : .failed
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // It was put off already.
            guard due.attempts + 1 >= Self.mostAttempts else { return }
            state = .failed
        }
        try await database.transaction(in: scope) { tx in
            try await NoticeDeliveryStore.settle([due], state, next: nil, in: scope, tx)
        }
    }

    /// One letter for all that belongs to somebody's digest, and one for each other notice. Pure.
    static func letters(_ mails: [NoticeDeliveryStore.Due]) -> [Letter] {
        var letters: [Letter] = []
        for one in mails where !one.isDigest {
            guard let email = one.email else { continue }
            letters.append(Letter(kind: "notice", to: email, subject: one.title, text: one.body + "\n"))
        }
        let digests = Dictionary(grouping: mails.filter(\.isDigest), by: \.user)
        for (_, items) in digests.sorted(by: { ($0.key?.text ?? "") < ($1.key?.text ?? "") }) {
            guard let first = items.first, let email = first.email else { continue }
            let text = items.map { "\($0.title)\n\n\($0.body)" }.joined(separator: "\n\n---\n\n")
            let subject =
                items.count == 1
                ? first.title : NoticeWords.digest(items.count, company: first.company, first.language)
            letters.append(Letter(kind: "notice-digest", to: email, subject: subject, text: text + "\n"))
        }
        return letters
    }
}
