package import Cryptography
package import FoundationEssentials
package import Jobs
package import Kernel
import Metering
import Outbound
package import Postgres
package import Tenancy

/// Sends mail: durably, one recipient each, with retries for a day.
package struct Mailer: Sendable {
    /// The kind of the jobs that make an attempt at a mail: `{"mail": id}`.
    package static let job = "mail.deliver"

    let database: Database
    let clients: MailClients
    let queue: JobQueue
    let key: DataKey
    let senders: MailSenders

    /// `key` seals mails until they are sent; `senders` say through which server those of a tenant go, or the provider's.
    package init(
        database: Database, clients: MailClients, queue: JobQueue, key: DataKey, senders: MailSenders
    ) {
        self.database = database
        self.clients = clients
        self.queue = queue
        self.key = key
        self.senders = senders
    }

    /// Puts a letter on its way, in the transaction of what causes it: a tenant's, or the provider's for nil. False if it
    /// cannot go to this address, or no server takes mail.
    package func send(
        _ letter: Letter, for tenant: TenantID?, at now: Date, in transaction: Transaction
    ) async throws -> Bool {
        guard (try? MailAddress(letter.to)) != nil, try await senders.isThere(for: tenant, in: transaction) else {
            return false
        }
        let id = MailID.new(at: now)
        try await MailStore.insert(
            id, letter.kind, try seal(letter, id, for: tenant), of: tenant, at: now, transaction)
        try await enqueue(id, of: tenant, at: now, transaction)
        return true
    }

    /// Puts many letters on their way, in one statement for all. Those to what is no address are left out; false if no server
    /// takes mail.
    package func send(
        _ letters: [Letter], for tenant: TenantID?, at now: Date, in transaction: Transaction
    ) async throws -> Bool {
        guard try await senders.isThere(for: tenant, in: transaction) else { return false }
        let mails = try letters.filter { (try? MailAddress($0.to)) != nil }.map { letter in
            let id = MailID.new(at: now)
            return (id: id, kind: letter.kind, sealed: try seal(letter, id, for: tenant))
        }
        for start in stride(from: 0, to: mails.count, by: 500) {
            let part = Array(mails[start..<min(start + 500, mails.count)])
            try await MailStore.insert(part, of: tenant, at: now, transaction)
            try await queue.enqueue(
                kind: Self.job, payloads: part.map { ["mail": .string($0.id.text)] }, tenant: tenant, runAt: now,
                in: transaction)
        }
        return true
    }

    private func seal(_ letter: Letter, _ id: MailID, for tenant: TenantID?) throws -> [UInt8] {
        let content: JSON = [
            "to": .string(letter.to), "subject": .string(letter.subject), "text": .string(letter.text),
        ]
        return try key.seal(content.bytes, associated: Self.binding(id, tenant))
    }

    /// Makes one attempt and settles what comes next: sent, another attempt later, or dead.
    package func deliver(_ id: MailID, of tenant: TenantID?, at now: Date) async throws {
        let store = MailStore(database: database)
        guard let pending = try await store.pending(id, of: tenant) else { return }
        let sender: MailSender
        do {
            guard let found = try await senders.sender(for: tenant) else { throw Unsent.noServer }
            sender = found
        } catch {
            // The server may be named again, and a key that is closed may open: the mail waits as for a server.
            if error is CancellationError { throw error }
            return try await settle(
                id, pending, (error as? MailError).map(Unsent.refused) ?? (error as? Unsent) ?? .noSecret, of: tenant,
                at: now)
        }
        do throws(MailError) {
            try await clients.send(try text(id, pending, of: tenant, by: sender), by: sender)
        } catch .transport(.cancelled), .transport(.stopped) {
            // This node is going down, which says nothing about the server: the job comes again elsewhere.
            throw CancellationError()
        } catch {
            return try await settle(id, pending, .refused(error), of: tenant, at: now)
        }
        try await inTransaction(of: tenant) { tx in
            try await MailStore.finish(id, .sent, error: nil, of: tenant, at: now, tx)
            // What a tenant's own server takes costs the provider nothing.
            guard let tenant, sender.owner == .installation else { return }
            // With the time at which it was written: two who send it at once have sent one mail.
            try await Metering.record(
                [
                    UsageEvent(
                        at: pending.createdAt, source: "mails/\(id.text)", id: "sent", meter: .mail, subject: "",
                        quantity: 1)
                ], of: tenant, in: tx)
        }
    }

    /// Forgets mails that were over before a moment.
    package func prune(before moment: Date) async throws {
        _ = try await MailStore(database: database).prune(before: moment)
    }
}

/// Why a mail was not sent.
private enum Unsent: Error, CustomStringConvertible {
    case refused(MailError)
    case noServer
    case noSecret

    var isTransient: Bool {
        switch self {
        case .refused(let error): error.isTransient
        case .noServer, .noSecret: true
        }
    }

    var description: String {
        switch self {
        case .refused(let error): "\(error)"
        case .noServer: "no mail server is set"
        case .noSecret: "the settings of the mail server cannot be opened right now"
        }
    }
}

extension Mailer {
    private static func binding(_ id: MailID, _ tenant: TenantID?) -> [UInt8] {
        Array("mails/\(tenant?.text ?? "provider")/\(id.text)".utf8)
    }

    private func text(
        _ id: MailID, _ pending: MailStore.Pending, of tenant: TenantID?, by sender: MailSender
    ) throws(MailError) -> MailText {
        guard let content = try? JSONParser.parse(key.open(pending.sealed, associated: Self.binding(id, tenant)))
        else { throw .invalidMessage }
        let to = try MailAddress(content["to"]?.text ?? "")
        return MailText(
            from: sender.from, name: sender.name, to: to, subject: content["subject"]?.text ?? "",
            text: content["text"]?.text ?? "", id: id.text, date: pending.createdAt)
    }

    private func settle(
        _ id: MailID, _ pending: MailStore.Pending, _ error: Unsent, of tenant: TenantID?, at now: Date
    ) async throws {
        var random = SystemRandomNumberGenerator()
        let words = String("\(error)".prefix(500))
        let delay = error.isTransient ? Self.delay(after: pending.attempts + 1, using: &random) : nil
        try await inTransaction(of: tenant) { tx in
            guard let delay else {
                return try await MailStore.finish(id, .dead, error: words, of: tenant, at: now, tx)
            }
            try await MailStore.putOff(id, until: now + delay, error: words, of: tenant, tx)
            try await enqueue(id, of: tenant, at: now + delay, tx)
        }
    }

    /// Grey listing takes minutes, a server that is down hours; after a day nobody waits for the mail any more.
    static func delay(after attempts: Int, using random: inout some RandomNumberGenerator) -> TimeInterval? {
        let delays: [TimeInterval] = [30, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800]
        guard attempts <= delays.count else { return nil }
        return delays[attempts - 1] * Double.random(in: 1...1.1, using: &random)
    }

    private func enqueue(_ id: MailID, of tenant: TenantID?, at time: Date, _ tx: Transaction) async throws {
        try await queue.enqueue(
            kind: Self.job, payload: ["mail": .string(id.text)], tenant: tenant, runAt: time, in: tx)
    }

    private func inTransaction(
        of tenant: TenantID?, _ body: (Transaction) async throws -> Void
    ) async throws {
        if let tenant {
            try await database.transaction(in: TenantScope(tenant: tenant), body)
        } else {
            try await database.transaction(in: ProviderScope(), body)
        }
    }
}
