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
        login: String, password: PassedSecret, code: PassedSecret, attempt: String, clientAddress: String,
        at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn {
        let start = ContinuousClock.now
        do {
            let answer = try await identity.gateway.password(
                login: login, Secret(password.reveal()), from: clientAddress, at: now, in: scope)
            switch answer {
            case .codeNeeded(let person):
                if try await identity.gateway.code(
                    code.reveal(), of: person.id, from: clientAddress, at: now, in: scope)
                {
                    return try await enter(person, key: nil, attempt, from: clientAddress, at: now, in: scope)
                }
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
        of key: [UInt8], login: String, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn {
        guard let person = try await identity.gateway.person(login: login, publicKey: key, at: now, in: scope) else {
            return .refused
        }
        do {
            return try await enter(person, key: key, attempt, from: clientAddress, at: now, in: scope)
        } catch TenancyError.closed {
            return .refused
        }
    }

    func awaited(
        _ user: UserID, key: [UInt8]?, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> GatewaySignIn {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return .refused }
        do {
            return try await enter(person, key: key, attempt, from: clientAddress, at: now, in: scope)
        } catch IdentityError.signInRefused {
            return .refused
        } catch TenancyError.closed(let closure) {
            return .notReady(closure.text)
        }
    }

    /// The proof was right: asks the tenant's rules.
    private func enter(
        _ person: Person, key: [UInt8]?, _ attempt: String, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> GatewaySignIn {
        let entry = try await identity.gateway.admitted(
            person, publicKey: key, attempt: attempt, from: address, at: now, in: scope)
        return switch entry {
        case .admitted: .admitted(NamedUser(id: person.id, name: person.name))
        case .waits(let end): .waits(person.id, until: end)
        case .kept(let text): .notReady(text)
        }
    }

    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser? {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return nil }
        return NamedUser(id: person.id, name: person.name)
    }
}
