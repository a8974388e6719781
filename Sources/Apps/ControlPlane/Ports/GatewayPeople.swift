import FoundationEssentials
import GatewayContract
import Hosting
import Identity
import Kernel
import Tenancy

import enum Hosting.GatewaySignIn

/// Identity, as Hosting asks it about people in front of gateways.
struct GatewayPeople: AdmissionIdentity {
    /// No refusal comes sooner, whichever of the two was wrong: time must not tell a right password.
    private static let floor = Duration.milliseconds(400)

    let identity: Identity

    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn {
        try await settle(code: code, clientAddress: clientAddress, at: now, in: scope) {
            try await identity.gateway.password(
                login: login, Secret(password.reveal()), conversation: admission.text, from: clientAddress, at: now,
                in: scope)
        }
    }

    func answer(
        _ answer: PassedSecret, code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date,
        in scope: TenantScope
    ) async throws -> GatewaySignIn {
        try await settle(code: code, clientAddress: clientAddress, at: now, in: scope) {
            try await identity.gateway.answer(
                Secret(answer.reveal()), conversation: admission.text, from: clientAddress, at: now, in: scope)
        }
    }

    /// What follows a proof: the code, if it is still needed.
    private func settle(
        code: PassedSecret?, clientAddress: String, at now: Date, in scope: TenantScope,
        _ prove: () async throws -> GatewayProof
    ) async throws -> GatewaySignIn {
        let start = ContinuousClock.now
        do {
            switch try await prove() {
            case .complete(let person):
                try await identity.gateway.admitted(person, from: clientAddress, at: now, in: scope)
                return .admitted(NamedUser(id: person.id, name: person.name))
            case .codeNeeded(let person):
                if let code,
                    try await identity.gateway.code(
                        code.reveal(), of: person.id, from: clientAddress, at: now, in: scope)
                {
                    try await identity.gateway.admitted(person, from: clientAddress, at: now, in: scope)
                    return .admitted(NamedUser(id: person.id, name: person.name))
                }
            case .asked(let prompt, let codeNeeded): return .asked(prompt, codeNeeded: codeNeeded)
            case .finishInPortal:
                return .notReady(
                    "Sign in to the portal once: your account needs a new password or a second factor.")
            case .refused: break
            }
        } catch IdentityError.busy {
            return .busy
        } catch TenancyError.closed(let closure) {
            return .notReady(closure.text)
        }
        try await Task.sleep(until: start + max(Self.floor, identity.gateway.pace(in: scope)))
        return .refused
    }

    func holder(
        of key: [UInt8], login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> NamedUser? {
        guard let person = try await identity.gateway.person(login: login, publicKey: key, at: now, in: scope) else {
            return nil
        }
        do {
            try await identity.gateway.admitted(person, publicKey: key, from: clientAddress, at: now, in: scope)
        } catch TenancyError.closed {
            return nil
        }
        return NamedUser(id: person.id, name: person.name)
    }

    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser? {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return nil }
        return NamedUser(id: person.id, name: person.name)
    }
}
