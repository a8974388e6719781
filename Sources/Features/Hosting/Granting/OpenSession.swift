import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Metering
import Postgres
import Recording
import Sessions
import Tenancy

/// Decides whether a person may open a target, and makes the grant by which one worker, and no other, opens it.
struct OpenSession {
    /// What does not belong to a single session.
    struct Context {
        let ports: HostingPorts
        let gateways: Gateways
        let settings: HostingSettings
    }

    /// What one call is about.
    struct Opening {
        let request: SessionRequest
        let person: AdmittedPerson.Found
        let worker: WorkerID
        let now: Date
        let traceID: String
    }

    let database: Database
    let sessions: Sessions
    let keys: TenantKeys
    let grantKey: SigningKey
    let context: Context

    func callAsFunction(
        _ request: SessionRequest, from worker: WorkerID, at now: Date, traceID: String
    ) async throws -> SessionAnswer {
        let person = try await AdmittedPerson(database: database, identity: context.ports.identity)(
            request.admission, on: worker, at: now)
        let opening = Opening(request: request, person: person, worker: worker, now: now, traceID: traceID)
        guard let target = person.admission.narrow(request.target) else {
            return .refused(Refusals.anotherTarget)
        }
        let visitor = GatewayVisitor(person.admission, person.user.id, asset: AssetID(target.asset))
        if let objection = try await context.gateways.objection(
            to: worker, entrance: person.admission.entrance, visitor: visitor, at: now, in: person.scope)
        {
            return try await refuse(Refusals.elsewhere(objection), opening)
        }
        guard let sealingKey = try await sealingKey(of: worker) else {
            let advice = try await context.gateways.advice(
                person.admission.entrance, for: visitor, at: now, in: person.scope)
            return .refused(Refusals.draining(advice))
        }
        let wish = AccessWish(user: person.user, target: target, protocol: request.protocol)
        switch try await context.ports.access.decide(wish, at: now, in: person.scope) {
        case .wait(let wait): return .wait(wait)
        case .refused(let refusal): return try await refuse(refusal, opening)
        case .allowed(let allowed): return try await grant(allowed, opening, sealingKey: sealingKey)
        }
    }

    /// Nil if the worker takes no new sessions.
    private func sealingKey(of worker: WorkerID) async throws -> [UInt8]? {
        let standing = try await database.first(
            WorkerStore.standing(worker), in: SystemScope(reason: "a worker's sealing key"), { try WorkerStanding(&$0) }
        )
        return standing.flatMap { $0.state == .active ? $0.sealingKey : nil }
    }

    private func refuse(_ refusal: SessionRefused, _ opening: Opening) async throws -> SessionAnswer {
        try await SessionOpeningEvents.refused(refusal, opening, database)
        return .refused(refusal)
    }

    private func grant(_ target: AllowedTarget, _ opening: Opening, sealingKey: [UInt8]) async throws -> SessionAnswer {
        let scope = opening.person.scope
        let pinned = try await context.ports.hostKeys.pinned(of: target.asset.id, in: scope)
        guard !pinned.isEmpty else { return try await refuse(Refusals.noHostKey(target.asset.name), opening) }
        let session = SessionID.new(at: opening.now)
        guard let secret = try await context.ports.secrets.secret(of: target.account, for: session, in: scope) else {
            return try await refuse(Refusals.noSecret(target.accountName, target.asset.name), opening)
        }
        let recording = try await record(
            session, in: scope, sealingKey: sealingKey, isStrict: context.settings.strictRecording || target.isStrict)
        let new = opening.session(session, target, recording.stored)
        let tenantName = try await database.first(
            "select name from tenant_settings where tenant_id = \(scope.tenant)", in: scope,
            { try $0.next(String.self) })
        let request = opening.request
        let grant = SessionGrant(
            session: session, tenant: scope.tenant, tenantName: tenantName ?? "", worker: opening.worker,
            user: opening.person.user, asset: target.asset, addresses: target.addresses, hostKeys: pinned,
            account: target.accountName, secretKind: secret.kind,
            sealedSecret: try SealedField.secret.seal(secret.bytes.reveal(), to: sealingKey, session: session),
            protocol: request.protocol, channel: request.channel, command: request.command, terminal: request.terminal,
            actions: target.actions, recording: recording.grant,
            limits: GrantLimits(
                idleSeconds: context.settings.idleSeconds, endsAt: new.expiresAt,
                allowance: try await context.ports.allowance(scope.tenant)),
            leaseSeconds: LeaseTerms.renewal, meteringSeconds: LeaseTerms.renewal, traceID: opening.traceID,
            notices: [], issuedAt: opening.now)
        let signed = try SignedGrant(grant) { try grantKey.sign($0) }
        do {
            try await database.transaction(in: scope) { transaction in
                try await sessions.create(new, tenant: scope.tenant, in: transaction)
                try await SessionOpeningEvents.opened(new, database, in: scope, transaction)
            }
        } catch let full as QuotaExceeded {
            return try await refuse(Refusals.quota(full), opening)
        }
        return .granted(signed)
    }

    private struct NewRecording {
        let grant: GrantRecording
        let stored: NewSession.Recording
    }

    /// A key for this recording alone: sealed to the worker, wrapped by the tenant's key for whoever replays it.
    private func record(
        _ session: SessionID, in scope: TenantScope, sealingKey: [UInt8], isStrict: Bool
    ) async throws -> NewRecording {
        let id = RecordingID.new()
        let key = RecordingKey()
        let tenantKey = try await keys.current(in: scope)
        let wrapped = try key.wrapped(by: tenantKey, recording: id)
        let sealed = try SealedField.recordingKey.seal(key.reveal().reveal(), to: sealingKey, session: session)
        let redaction = try await keys.redactionKey(in: scope)
        return NewRecording(
            grant: GrantRecording(
                id: id, sealedKey: sealed, tenantKey: tenantKey.id, wrappedKey: Bytes(wrapped),
                strict: isStrict, redactionKey: Bytes(redaction.bytes)),
            stored: NewSession.Recording(id: id, tenantKey: tenantKey.id, wrappedKey: wrapped))
    }
}

extension OpenSession.Opening {
    fileprivate func session(
        _ id: SessionID, _ target: AllowedTarget, _ recording: NewSession.Recording
    ) -> NewSession {
        NewSession(
            id: id, user: person.user, asset: target.asset, account: target.account, accountName: target.accountName,
            protocol: request.protocol, channel: request.channel, command: request.command, grant: target.grant,
            worker: worker, clientAddress: request.clientAddress, entrance: person.admission.entrance, createdAt: now,
            grantEndsAt: target.grantEndsAt, recording: recording, traceID: traceID)
    }
}

extension Admission {
    /// What the person asks for, or nil if their admission opens something else only.
    fileprivate func narrow(_ wanted: SessionTarget) -> SessionTarget? {
        guard let target else { return wanted }
        let only = SessionTarget(account: target.account, asset: target.asset.text)
        guard wanted.asset == only.asset, wanted.account == nil || wanted.account == only.account else { return nil }
        return only
    }
}
