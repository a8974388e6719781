import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// What a person may reach now, for the menu of a gateway.
struct ListTargets {
    private static let pageSize = 20

    let database: Database
    let ports: HostingPorts
    let gateways: Gateways

    func callAsFunction(_ request: TargetsRequest, from worker: WorkerID, at now: Date) async throws -> TargetsPage {
        let admitted = AdmittedPerson(database: database, identity: ports.identity)
        let person = try await admitted(request.admission, on: worker, at: now)
        guard try await admitted.isServed(person, by: worker, gateways, at: now) else {
            throw HostingError.notAdmitted
        }
        let page = try await ports.menu.targets(
            of: person.user.id, words: request.words, page: request.page, size: Self.pageSize, at: now,
            in: person.scope)
        return TargetsPage(items: page.items, total: page.total, pageSize: Self.pageSize)
    }
}
