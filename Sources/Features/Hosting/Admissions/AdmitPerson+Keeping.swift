import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions

/// Where an admission goes from where it stands. Two calls may be about one at the same moment, such as one that a worker sends
/// again: one of them takes it on, in the transaction that lets its person in or asks somebody about them, and nothing comes of
/// the other.
extension AdmitPerson {
    /// The admission stands no longer where it stood when this call began.
    private struct Overtaken: Error {}

    /// Does what a call asks for. One that is overtaken by another is told what that one has come to.
    func unlessOvertaken(
        _ call: Attempt, _ answer: (Attempt) async throws -> AdmissionAnswer
    ) async throws -> AdmissionAnswer {
        do {
            return try await answer(call)
        } catch is Overtaken {
            guard let id = call.request.admission,
                let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker),
                let admission = try await admission(id, in: scope), call.isOf(admission),
                case .waiting = admission.stage
            else { return .refused(Self.denied) }
            return .challenge(Self.waiting(id))
        }
    }

    func admission(_ id: AdmissionID, in scope: TenantScope) async throws -> Admission? {
        try await database.first(
            AdmissionStore.find(id, tenant: scope.tenant), in: scope, AdmissionStore.decode)
    }

    /// Keeps what a proof has come to, in the transaction that decides it.
    func keep(
        _ answer: GatewaySignIn, by way: AdmissionWay, of admission: Admission, _ call: Attempt,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        var next = admission
        switch answer {
        case .admitted(let user): next.admit(user.id, at: call.now)
        case .waits(let user, let ticket, let end): next.wait(user, by: way, for: ticket, until: end)
        case .notReady: next.stage = .refused
        case .refused, .held, .busy, .asked, .codeNeeded, .codeSent, .factorAsked: return
        }
        // Who waits for the same is where they were.
        guard next.stage != admission.stage else { return }
        try await move(next, from: admission, in: scope, transaction)
    }

    /// Keeps that somebody is not let in.
    func keepOut(_ admission: Admission, in scope: TenantScope, _ transaction: Transaction) async throws {
        var next = admission
        next.stage = .refused
        try await move(next, from: admission, in: scope, transaction)
    }

    private func move(
        _ next: Admission, from before: Admission, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let moved = try await transaction.execute(
            AdmissionStore.move(next, from: before.stage, tenant: scope.tenant))
        guard moved == 1 else { throw Overtaken() }
    }

    /// Tells somebody that they are not let in. Where another call has come to something else, that stands.
    func refuse(_ admission: Admission, _ text: String, in scope: TenantScope) async throws -> AdmissionAnswer {
        var next = admission
        next.stage = .refused
        try await database.execute(AdmissionStore.move(next, from: admission.stage, tenant: scope.tenant), in: scope)
        return .refused(AdmissionRefused(text: text))
    }

    /// What somebody is told who has been let in, if this worker may serve them; if not, they are in no more.
    func enter(
        _ user: NamedUser, _ admission: Admission, _ call: Attempt, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        var admitted = admission
        admitted.admit(user.id, at: call.now)
        if let objection = try await objection(to: user, admitted, call, in: scope) {
            return try await refuse(admitted, objection, in: scope)
        }
        return try await welcome(user, admitted, in: scope)
    }

    /// Why this worker does not serve somebody.
    func objection(
        to user: NamedUser, _ admission: Admission, _ call: Attempt, in scope: TenantScope
    ) async throws -> String? {
        try await gateways.objection(
            to: call.worker, entrance: admission.entrance, visitor: GatewayVisitor(admission, user.id), at: call.now,
            in: scope)
    }

    func welcome(
        _ user: NamedUser, _ admission: Admission, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        let tenant = try await database.first(
            "select slug, name, state in ('trial', 'active') from tenant_settings where tenant_id = \(scope.tenant)",
            in: scope
        ) { row in
            (slug: try row.next(String.self), name: try row.next(String.self), isOpen: try row.next(Bool.self))
        }
        guard let tenant, tenant.isOpen else { return try await refuse(admission, Self.denied.text, in: scope) }
        return .admitted(
            Admitted(
                admission: admission.id, user: user, tenantName: tenant.name, portal: settings.portal(tenant.slug),
                target: admission.target, language: try await identity.language(of: user.id, in: scope)))
    }
}
