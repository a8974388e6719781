import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// What a program asks for, in the list of its calls.
enum ProvisioningAction {
    case reading(String)
    case changing(String)

    var name: String {
        switch self {
        case .reading(let name), .changing(let name): name
        }
    }
}

// What programs ask for that provision people.
extension Identity {
    /// Does what a program asks for, and notes it if it changes something or goes wrong.
    func provision<Path: Sendable, Body: Sendable>(
        _ call: Call<ProvisioningAPI, Path, QueryPairs, Body>, _ action: ProvisioningAction,
        _ work: (ProvisioningContext) async throws -> ProvisioningReply
    ) async throws -> ProvisioningReply {
        let context = context(of: call)
        do {
            let reply = try await work(context)
            if case .changing = action { await note(reply.status, [], context, action.name) }
            return reply
        } catch {
            let problem = Problem.representing(error)
            let words = [problem.type.title] + [problem.detail].compactMap(\.self)
            await note(problem.type.status, words, context, action.name)
            if case .changing = action { await noteRefusal(problem, words, context, action.name, call.audit) }
            throw error
        }
    }

    /// A call that cannot be noted has been answered all the same.
    private func note(
        _ status: Int, _ words: [String], _ context: ProvisioningContext, _ operation: String
    ) async {
        let (subject, notes) = context.said
        let text = (words + notes).joined(separator: ": ")
        let call = ProvisioningCall(
            id: .new(at: context.now), client: context.caller.name, operation: operation,
            subject: subject.map { String($0.prefix(300)) }, status: status,
            note: text.isEmpty ? nil : String(text.prefix(1000)), at: context.now)
        try? await ProvisioningStore.note(call, of: context.provider, in: context.scope, database)
    }

    /// What was asked for and may not be stands in the trail. Of what is forbidden the gate writes the line, with what it is
    /// about; of what collides it writes none.
    private func noteRefusal(
        _ problem: Problem, _ words: [String], _ context: ProvisioningContext, _ operation: String, _ draft: AuditDraft
    ) async {
        let details: [(String, JSON)] = [
            ("provider", .string(context.provider.text)), ("client", .string(context.caller.client.text)),
            ("clientName", .string(context.caller.name)), ("asked", .string(operation)),
            ("subject", .string(String((context.said.subject ?? "").prefix(300)))),
            ("words", .string(String(words.joined(separator: ": ").prefix(500)))),
        ]
        switch problem.type.status {
        case 403: for (name, value) in details { draft.detail(name, value) }
        case 409:
            let entry = AuditEntry(
                action: "access.refused", actor: .system("provisioning"), outcome: .refused,
                details: .object(details.map { JSON.Member($0.0, $0.1) }), traceID: context.request.traceID,
                clientAddress: context.request.clientAddress, at: context.now)
            // The answer is the same if it cannot be written: nothing was done.
            try? await database.transaction(in: context.scope) { tx in
                try await AuditLog(database: database).append(entry, in: context.scope, tx)
            }
        default: break
        }
    }

    private func context<Path: Sendable, Body: Sendable>(
        of call: Call<ProvisioningAPI, Path, QueryPairs, Body>
    ) -> ProvisioningContext {
        ProvisioningContext(
            database: database, catalogue: settings.catalogue, reviews: reviews, caller: call.caller,
            request: call.request, now: call.now
        ) { [throttle = settings.throttleProgram, client = call.caller.client] in await throttle(client.text) }
    }

    // MARK: what the service says of itself

    func provisioningConfiguration(_ call: Call<ProvisioningAPI, (), QueryPairs, Nothing>) -> ProvisioningReply {
        ProvisioningReply(SCIMDiscovery.configuration(context(of: call).base))
    }

    func provisionedKinds(_ call: Call<ProvisioningAPI, (), QueryPairs, Nothing>) throws -> ProvisioningReply {
        try refuseFilter(call.query)
        let base = context(of: call).base
        let kinds = SCIMKind.all.map { SCIMDiscovery.resourceType($0, base) }
        return ProvisioningReply(SCIMDiscovery.list(kinds, total: kinds.count))
    }

    func provisionedKind(
        _ call: Call<ProvisioningAPI, SCIMKindName, QueryPairs, Nothing>
    ) throws -> ProvisioningReply {
        guard let kind = SCIMKind.all.first(where: { $0.name == call.path.text }) else { throw IdentityError.notFound }
        return ProvisioningReply(SCIMDiscovery.resourceType(kind, context(of: call).base))
    }

    func provisionedSchemas(_ call: Call<ProvisioningAPI, (), QueryPairs, Nothing>) throws -> ProvisioningReply {
        try refuseFilter(call.query)
        let base = context(of: call).base
        let schemas =
            SCIMKind.all.map { SCIMDiscovery.schema($0, base) }
            + SCIMKind.all.compactMap(\.more).map { SCIMDiscovery.schema($0, base) }
        return ProvisioningReply(SCIMDiscovery.list(schemas, total: schemas.count))
    }

    func provisionedSchema(
        _ call: Call<ProvisioningAPI, SCIMKindName, QueryPairs, Nothing>
    ) throws -> ProvisioningReply {
        if let more = SCIMKind.all.compactMap(\.more).first(where: { $0.isCalled(call.path.text) }) {
            return ProvisioningReply(SCIMDiscovery.schema(more, context(of: call).base))
        }
        guard let kind = SCIMKind.all.first(where: { $0.urn.lowercased() == call.path.text.lowercased() }) else {
            throw IdentityError.notFound
        }
        return ProvisioningReply(SCIMDiscovery.schema(kind, context(of: call).base))
    }

    /// RFC 7644, 4: whoever asks for a part of these gets nothing.
    private func refuseFilter(_ query: QueryPairs) throws {
        guard try query.value(of: "filter") == nil else { throw SCIMFault.refused("This list has no filters.") }
    }
}
