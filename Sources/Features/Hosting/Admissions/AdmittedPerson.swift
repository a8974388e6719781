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
            AdmissionStore.lock(id, tenant: scope.tenant), in: scope, AdmissionStore.decode)
        guard let admission, admission.isOpen(at: now), case .admitted(let id) = admission.stage,
            let user = try await identity.person(id, at: now, in: scope)
        else { throw HostingError.notAdmitted }
        try await database.execute(
            AdmissionStore.extend(admission.id, at: now, tenant: scope.tenant), in: scope)
        return Found(scope: scope, admission: admission, user: user)
    }
}
