package import Assets
package import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// The facade of access: grants, and the one function that says who may do what.
package struct Access: Sendable {
    let database: Database
    let outbox: Outbox
    /// Where trials are judged, which may burn a core for a second: few at a time.
    let judges = BlockingPool(threads: 2, waiting: 16)
    var grants: GrantStore { GrantStore() }
    var questions: AccessStore { AccessStore() }

    package init(database: Database, outbox: Outbox) {
        self.database = database
        self.outbox = outbox
    }

    /// A page of grants.
    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Grant> {
        Rows(try await grants.list(page, in: scope, database), of: page)
    }

    /// One grant, or `AccessError.notFound`.
    package func find(_ id: GrantID, in scope: TenantScope) async throws -> Grant {
        guard let grant = try await grants.find(id, in: scope, database) else { throw AccessError.notFound }
        return grant
    }

    /// Whether, why, and until when. One statement, of cost O(groups + depth of the tree), whatever the tenant's size.
    ///
    /// Throws `AccessError.notFound` when there is no such user or asset in the scope. What was granted above the
    /// organizations of a confined scope counts all the same.
    package func decide(_ question: AccessQuestion, in scope: TenantScope) async throws -> Decision {
        if scope.organizations != nil, try await !questions.sees(question, in: scope, database) {
            throw AccessError.notFound
        }
        guard let facts = try await questions.facts(for: question, in: scope.wholeTenant, database) else {
            throw AccessError.notFound
        }
        return facts.decide(question)
    }

    /// Whether no request opens a way to this account for this person: it is denied to them by whatever protocol, or
    /// something of it is out of service. Asked where something else than a session is given, in a transaction of the
    /// tenant as a whole.
    package func isBarred(
        _ user: UserID, from account: AccountName, on asset: AssetID, at: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> Bool {
        func question(_ way: AccessProtocol) -> AccessQuestion {
            AccessQuestion(user: user, asset: asset, account: account, protocol: way, action: .connect, at: at)
        }
        let all = AccessProtocol.allCases
        guard let first = all.first,
            let facts = try await questions.facts(for: question(first), in: scope, transaction)
        else { return true }
        return all.contains { way in
            let decision = facts.decide(question(way))
            // Whether there is such an account is for whoever keeps it to say.
            return !decision.isAllowed && !decision.canBeAskedFor
                && decision.reasons.map(\.code) != [.noSuchAccount]
        }
    }
}
