import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Who stands behind an admission that a worker names, if it is one of its own and has not run out. Each use lets it
/// live on, for half a day at most: somebody who reads a menu for ten minutes is still there.
struct AdmittedPerson {
    let database: Database
    let identity: any AdmissionIdentity

    struct Found {
        let scope: TenantScope
        let admission: Admission
        let user: NamedUser
    }

    func callAsFunction(_ id: AdmissionID, on worker: WorkerID, at now: Date) async throws -> Found {
        guard let scope = try await AdmissionHome(database: database).scope(of: id, on: worker) else {
            throw HostingError.notAdmitted
        }
        let admission = try await database.first(
            AdmissionStore.find(id, tenant: scope.tenant), in: scope, AdmissionStore.decode)
        guard let admission, admission.isOpen(at: now), case .admitted(let id) = admission.stage,
            let user = try await identity.person(id, at: now, in: scope)
        else { throw HostingError.notAdmitted }
        try await database.execute(
            AdmissionStore.extend(admission.id, at: now, tenant: scope.tenant), in: scope)
        return Found(scope: scope, admission: admission, user: user)
    }

    /// The same where it opens anything that the person may reach, at a worker that may serve them. One that the portal made
    /// out for one target is good for nothing else.
    func unbound(_ id: AdmissionID, on worker: WorkerID, gateways: Gateways, at now: Date) async throws -> Found {
        let found = try await self(id, on: worker, at: now)
        guard found.admission.target == nil, try await isServed(found, by: worker, gateways, at: now) else {
            throw HostingError.notAdmitted
        }
        return found
    }

    /// Whether a worker may serve them still: a tenant may have been bound to others since.
    func isServed(_ found: Found, by worker: WorkerID, _ gateways: Gateways, at now: Date) async throws -> Bool {
        try await gateways.objection(
            to: worker, entrance: found.admission.entrance, visitor: GatewayVisitor(found.admission, found.user.id),
            at: now, in: found.scope) == nil
    }
}
