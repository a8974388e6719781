import HTTPAPI
import Identity
import Kernel
import Postgres

/// Takes somebody in, who comes in by the link.
struct AddOperator {
    let database: Database
    let settings: OperatorSettings

    func callAsFunction(_ request: AddOperatorRequest, _ acting: OperatorActing) async throws -> AddedOperator {
        let id = ProviderOperatorID.new(at: acting.now)
        return try await database.transaction(in: ProviderScope()) { tx in
            try await OperatorStore.insert(id, request, at: acting.now, tx)
            let url = try await InviteOperator(settings: settings).link(for: id, at: acting.now, tx)
            acting.audit.target("operator", id.text, name: request.login.text)
            acting.audit.detail("roles", .array(request.roles.map { .string($0.rawValue) }))
            try await acting.audit.write(in: tx)
            guard let added = try await OperatorStore.find(id, tx) else { throw OperatorError.notFound }
            return AddedOperator(operator: added, invitationUrl: url)
        }
    }
}
