import FoundationEssentials
import HTTPAPI
import Kernel

/// The facade of the example feature; it keeps tickets in memory, where the product has use-cases and a store.
actor ExampleTickets {
    private var tickets: [TenantScope: [ExampleTicket]] = [:]
    private(set) var uploads: [[UInt8]] = []

    func list(_ page: PageRequest, in scope: TenantScope) -> Rows<ExampleTicket> {
        Rows(ExampleTicket.listing.rows(from: tickets[scope, default: []], for: page), of: page)
    }

    func find(_ id: TicketID, in scope: TenantScope) throws(ExampleError) -> ExampleTicket {
        guard let ticket = tickets[scope]?.first(where: { $0.id == id }) else { throw .notFound }
        return ticket
    }

    func open(_ request: OpenExample, at now: Date, in scope: TenantScope, audit: AuditDraft) -> ExampleTicket {
        let ticket = ExampleTicket(
            id: .new(at: now), asset: request.asset, reason: request.reason, level: request.level, state: .open,
            created: now, until: request.until, version: 1)
        tickets[scope, default: []].append(ticket)
        audit.target("ticket", ticket.id.text, name: ticket.reason.text)
        audit.detail("level", .string(ticket.level.rawValue))
        return ticket
    }

    func change(
        _ id: TicketID, to change: ChangeExample, from version: Int?, in scope: TenantScope
    ) throws(ExampleError) -> ExampleTicket {
        try update(id, in: scope) { ticket throws(ExampleError) in
            guard ticket.version == version else { throw .changed }
            ticket.reason = change.reason.applied(to: ticket.reason)
            ticket.level = change.level.applied(to: ticket.level)
            ticket.until = change.until.applied(to: ticket.until)
        }
    }

    func approve(_ id: TicketID, in scope: TenantScope) throws(ExampleError) -> ExampleTicket {
        try update(id, in: scope) { ticket in ticket.state = .approved }
    }

    func events(after last: String?, in scope: TenantScope) -> AsyncStream<ServerSent<ExampleTicket>> {
        let tickets = tickets[scope, default: []]
        return AsyncStream { stream in
            for (index, ticket) in tickets.enumerated() where index > last.flatMap(Int.init) ?? -1 {
                stream.yield(ServerSent(ticket, id: String(index), name: "ticket"))
            }
            stream.finish()
        }
    }

    func export(in scope: TenantScope) -> Download {
        let lines = tickets[scope, default: []].map { ExampleTicket.schema.bytes(of: $0) + [UInt8(ascii: "\n")] }
        let chunks = AsyncThrowingStream<[UInt8], any Error> { stream in
            for line in lines { stream.yield(line) }
            stream.finish()
        }
        return Download(fileName: "tickets.ndjson", chunks: chunks)
    }

    func attach(_ bytes: [UInt8]) { uploads.append(bytes) }

    private func update(
        _ id: TicketID, in scope: TenantScope, _ body: (inout ExampleTicket) throws(ExampleError) -> Void
    ) throws(ExampleError) -> ExampleTicket {
        guard let index = tickets[scope]?.firstIndex(where: { $0.id == id }), var ticket = tickets[scope]?[index] else {
            throw .notFound
        }
        guard ticket.state == .open else { throw .notOpen }
        try body(&ticket)
        ticket.version += 1
        tickets[scope]?[index] = ticket
        return ticket
    }
}

enum ExampleError: ProblemRepresentable {
    case notFound, notOpen, changed

    var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .notOpen: Problem(.exampleNotOpen, reasons: [.init("decided", "It was decided before.")])
        case .changed: Problem(.versionChanged)
        }
    }
}

extension ProblemType {
    static let exampleNotOpen = ProblemType("example-not-open", "The ticket is decided", status: 409)
}
