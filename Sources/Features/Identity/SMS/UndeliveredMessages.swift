import FoundationEssentials
import Kernel
import Postgres
import Synchronization

/// What operators say of messages that did not arrive, the last of each gateway. It comes when nobody waits for it, and is
/// written down by whoever looks at the gateways or sends by one next.
final class UndeliveredMessages: Sendable {
    private struct Place: Hashable {
        let tenant: TenantID
        let gateway: SMSGatewayID
    }

    private static let most = 1000

    private let said = Mutex<[Place: String]>([:])

    func note(_ words: String, of gateway: SMSGatewayID, in scope: TenantScope) {
        said.withLock { said in
            if said.count >= Self.most { said.removeAll(keepingCapacity: true) }
            said[Place(tenant: scope.tenant, gateway: gateway)] = words
        }
    }

    func write(in scope: TenantScope, at now: Date, _ database: Database) async throws {
        let mine = said.withLock { said in
            let mine = said.filter { $0.key.tenant == scope.tenant }
            for place in mine.keys { said[place] = nil }
            return mine
        }
        // As many as a company has gateways.
        for (place, words) in mine {
            try await SMSGatewayStore.note(words, of: place.gateway, at: now, in: scope, database)
        }
    }
}
