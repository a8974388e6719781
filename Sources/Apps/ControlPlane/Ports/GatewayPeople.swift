import FoundationEssentials
import GatewayContract
import Hosting
import Identity
import Kernel
import Postgres
import Tenancy

import enum Hosting.GatewaySignIn

/// Identity, as Hosting asks it about people in front of gateways.
struct GatewayPeople: AdmissionIdentity {
    /// No refusal comes sooner, whichever of the two was wrong: time must not tell a right password.
    private static let floor = Duration.milliseconds(400)

    let identity: Identity

    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        try await settle(code: code, in: admission, clientAddress: clientAddress, at: now, in: scope, keeping: keep) {
            try await identity.gateway.password(
                login: login, Secret(password.reveal()), conversation: admission.text, from: clientAddress, at: now,
                in: scope)
        }
    }

    func answer(
        _ answer: PassedSecret, code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        try await settle(code: code, in: admission, clientAddress: clientAddress, at: now, in: scope, keeping: keep) {
            try await identity.gateway.answer(
                Secret(answer.reveal()), conversation: admission.text, from: clientAddress, at: now, in: scope)
        }
    }

    /// What follows a proof: the code, if it is still needed.
    private func settle(
        code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping, _ prove: () async throws -> GatewayProof
    ) async throws -> GatewaySignIn {
        let start = ContinuousClock.now
        do {
            switch try await prove() {
            case .complete(let person, let byProvider):
                return try await enter(
                    person, by: byProvider ? .passwordAtProvider : .password, admission.text, from: clientAddress,
                    at: now, in: scope, keeping: keep)
            case .codeNeeded(let person, let byProvider):
                if let code,
                    let prompt = try await identity.gateway.askRADIUS(
                        chosenBy: code.reveal(), of: person.id, attempt: admission.text, from: clientAddress, at: now,
                        in: scope)
                {
                    try await remember(byProvider, of: person, admission, from: clientAddress, at: now, in: scope)
                    return .factorAsked(person.id, prompt)
                }
                if let code,
                    try await identity.gateway.sendCode(
                        to: person.id, chosenBy: code.reveal(), from: clientAddress, at: now, in: scope)
                {
                    try await remember(byProvider, of: person, admission, from: clientAddress, at: now, in: scope)
                    return .codeSent(person.id)
                }
                if let code,
                    let factor = try await identity.gateway.code(
                        code.reveal(), of: person.id, from: clientAddress, at: now, in: scope)
                {
                    return try await enter(
                        person, by: byProvider ? .passwordAtProvider : .password, showing: factor, admission.text,
                        from: clientAddress, at: now, in: scope, keeping: keep)
                }
            case .asked(let prompt, let codeNeeded): return .asked(prompt, codeNeeded: codeNeeded)
            case .finishInPortal:
                return .notReady(Self.finishInPortal)
            case .browserNeeded: return .notReady(Self.browserNeeded)
            case .refused: break
            }
        } catch IdentityError.busy {
            return .busy
        } catch IdentityError.addressLocked(let seconds) {
            return .notReady(Self.tooMany(seconds))
        } catch TenancyError.closed(let closure) {
            return .notReady(closure.text)
        }
        try await Task.sleep(until: start + max(Self.floor, identity.gateway.pace(in: scope)))
        return .refused
    }

    private func remember(
        _ byProvider: Bool, of person: Person, _ admission: AdmissionID, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws {
        try await identity.gateway.remember(
            byProvider ? .passwordAtProvider : .password, of: person.id, attempt: admission.text, from: address,
            at: now,
            in: scope)
    }

    func holder(
        of key: [UInt8], login: String, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        guard let person = try await identity.gateway.person(login: login, publicKey: key, at: now, in: scope) else {
            return .refused
        }
        let asked: GatewaySignIn
        switch try await identity.gateway.answer(to: key, of: person, from: clientAddress, at: now, in: scope) {
        case .codeNeeded: asked = .codeNeeded(person.id)
        case .codeSent: asked = .codeSent(person.id)
        case .finishInPortal: return .notReady(Self.finishInPortal)
        // They come in by a browser or a password, as if there were no key, and are told why.
        case .held(.signIn): return .held(Self.keyHeld)
        case .held(.providerOff): return .notReady(Self.providerOff)
        case .browserNeeded:
            return try await identity.gateway.offersBrowser(in: scope) ? .refused : .notReady(Self.browserNeeded)
        case .enough:
            return try await enter(
                person, holding: key, attempt, from: clientAddress, at: now, in: scope, keeping: keep)
        }
        try await identity.gateway.remember(
            .publicKey(key), of: person.id, attempt: attempt, from: clientAddress, at: now, in: scope)
        return asked
    }

    private func enter(
        _ person: Person, holding key: [UInt8], _ attempt: String, from address: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        do {
            return try await enter(
                person, by: .publicKey(key), attempt, from: address, at: now, in: scope, keeping: keep)
        } catch TenancyError.closed {
            return .refused
        }
    }

    func awaited(
        _ user: UserID, by way: AdmissionWay, attempt: String, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        try await entering(user, in: scope) { person in
            try await resume(
                person, by: Self.way(way), attempt, from: clientAddress, at: now, in: scope, keeping: keep)
        }
    }

    func left(
        _ user: UserID, attempt: String, at now: Date, in scope: TenantScope,
        keeping keep: (Transaction) async throws -> Void
    ) async throws {
        try await identity.gateway.left(user, attempt: attempt, at: now, in: scope, keeping: keep)
    }

    private func entering(
        _ user: UserID, in scope: TenantScope, _ enter: (Person) async throws -> GatewaySignIn
    ) async throws -> GatewaySignIn {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return .refused }
        do {
            return try await enter(person)
        } catch IdentityError.signInRefused {
            return .refused
        } catch TenancyError.closed(let closure) {
            return .notReady(closure.text)
        }
    }

    /// The proof was right: asks the tenant's rules.
    private func enter(
        _ person: Person, by way: GatewayWay, showing factor: ProvenFactor? = nil, _ attempt: String,
        from address: String, at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        let entry = try await identity.gateway.admitted(
            person, by: way, showing: factor, attempt: attempt, from: address, at: now, in: scope
        ) { entry, transaction in try await keep(Self.answer(entry, person), transaction) }
        return Self.answer(entry, person)
    }

    /// The same for somebody who goes on from what they have proven before.
    private func resume(
        _ person: Person, by way: GatewayWay, showing factor: ProvenFactor? = nil, _ attempt: String,
        from address: String, at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        let entry = try await identity.gateway.resumed(
            person, by: way, showing: factor, attempt: attempt, from: address, at: now, in: scope
        ) { entry, transaction in try await keep(Self.answer(entry, person), transaction) }
        return Self.answer(entry, person)
    }

    private static func answer(_ entry: GatewayEntry, _ person: Person) -> GatewaySignIn {
        switch entry {
        case .admitted: .admitted(NamedUser(id: person.id, name: person.name))
        case .waits(let ticket, let end): .waits(person.id, ticket, until: end)
        case .kept(let text): .notReady(text)
        }
    }

    private static func way(_ way: AdmissionWay) -> GatewayWay {
        switch way {
        case .password: .password
        case .publicKey(let key): .publicKey(key)
        case .publicKeyAndCode: .publicKeyAndCode
        case .browser: .browser
        }
    }

    func confirm(
        _ code: PassedSecret, of user: UserID, by way: AdmissionWay, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return .refused }
        let afterKey = Self.way(way).isByKey
        do {
            // Where the person has chosen their RADIUS server, what they type goes there, and nothing else does.
            let said = try await identity.gateway.answerRADIUS(
                code.reveal(), of: user, attempt: admission.text, afterKey: afterKey, from: clientAddress, at: now,
                in: scope)
            switch said {
            case .asked(let prompt): return .factorAsked(user, prompt)
            case .refused: return .refused
            case .right:
                return try await resume(
                    person, by: Self.way(way), showing: .radius, admission.text, from: clientAddress, at: now,
                    in: scope, keeping: keep)
            case nil: break
            }
            if let prompt = try await identity.gateway.askRADIUS(
                chosenBy: code.reveal(), of: user, attempt: admission.text, afterKey: afterKey, from: clientAddress,
                at: now, in: scope)
            {
                return .factorAsked(user, prompt)
            }
            if try await identity.gateway.sendCode(
                to: user, chosenBy: code.reveal(), afterKey: afterKey, from: clientAddress, at: now, in: scope)
            {
                return .codeSent(user)
            }
            guard
                let factor = try await identity.gateway.code(
                    code.reveal(), of: user, afterKey: afterKey, from: clientAddress, at: now, in: scope)
            else { return .refused }
            return try await resume(
                person, by: Self.way(way), showing: factor, admission.text, from: clientAddress, at: now, in: scope,
                keeping: keep)
        } catch IdentityError.busy {
            return .busy
        } catch IdentityError.addressLocked(let seconds) {
            return .notReady(Self.tooMany(seconds))
        } catch TenancyError.closed(let closure) {
            return .notReady(closure.text)
        }
    }

    private static func tooMany(_ seconds: Int) -> String {
        let minutes = (seconds + 59) / 60
        let wait = minutes == 1 ? "a minute" : "\(minutes) minutes"
        return "Too many sign-ins failed where you are. Try again in \(wait)."
    }

    private static let finishInPortal =
        "Sign in to the portal once: your account needs a new password or a second factor."

    private static let browserNeeded =
        "Your second factor is a passkey, which a terminal cannot ask for. Use the web terminal of the portal, or add "
        + "an authenticator app there to your profile."

    private static let keyHeld =
        "Your SSH key counts again once you have signed in by your company's sign-in service, or by your password."

    private static let providerOff =
        "Your SSH key no longer counts: your company has switched off the sign-in service that you came by. Ask its "
        + "administrator."

    func offersBrowser(in scope: TenantScope) async throws -> Bool {
        try await identity.gateway.offersBrowser(in: scope)
    }

    func openLink(
        _ admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> BrowserLink? {
        do {
            let link = try await identity.gateway.openLink(
                admission, login: login, from: clientAddress, at: now, in: scope)
            return link.map { BrowserLink(url: $0.url, code: $0.code) }
        } catch IdentityError.busy {
            return nil
        }
    }

    func outcome(
        ofLink admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> BrowserLinkOutcome {
        switch try await identity.gateway.outcome(of: admission, login: login, at: now, in: scope) {
        case .waiting: .waiting
        case .over: .over
        case .confirmed(let user, let byProvider, let factor):
            .confirmed(
                try await entering(user, in: scope) { person in
                    try await enter(
                        person, by: byProvider ? .browserByProvider : .browser, showing: factor, admission.text,
                        from: clientAddress, at: now, in: scope, keeping: keep)
                })
        }
    }

    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser? {
        guard let person = try await identity.directory.user(user, in: scope), person.isActive else { return nil }
        return NamedUser(id: person.id, name: person.name)
    }

    func language(of user: UserID, in scope: TenantScope) async throws -> String? {
        try await identity.addressees([user], in: scope)[user]?.language
    }
}
