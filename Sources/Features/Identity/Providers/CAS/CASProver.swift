import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound
import Postgres

/// Proves somebody by CAS 3.0: the browser brings a ticket, and what counts is what the server itself says about it.
///
/// `gateway` and `renew` are never sent: whether somebody had to show a password just now is the server's affair, and
/// our second factor is asked for in any case.
struct CASProver: BrowserProver {
    let settings: CASSettings
    let provider: IdentityProviderID
    let web: ProviderWeb
    let opened: Set<HostPort>
    let database: Database
    let now: Date
    let scope: TenantScope
    /// The attributes that rules name.
    var naming: [String] = []

    /// Where the server sends the browser, and for which it gives the ticket: the same, to the byte, at both ends. The
    /// state stands in the path, since some servers leave a query out when they compare.
    static func service(_ origin: String, _ provider: IdentityProviderID, _ state: String) -> String {
        "\(origin)/api/v1/auth/identity-providers/\(provider.text)/cas/\(state)"
    }

    func address(of attempt: BrowserAttempt) async throws -> String {
        try mayVisit()
        return settings.place("login", [("service", Self.service(attempt.origin, provider, attempt.state))])
    }

    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial {
        var steps: [ProviderStep] = []
        do {
            let ticket = try await ticket(in: answer)
            steps.append(ProviderStep(.authorization, .passed, ""))
            let start = ContinuousClock.now
            let person = try await validate(ticket, for: Self.service(attempt.origin, provider, attempt.state))
            steps.append(ProviderStep(.ticket, .passed, "", milliseconds: start.milliseconds))
            let profile = try settings.attributes.profile(
                of: person, verifiesEmail: settings.verifiesEmail, naming: naming)
            steps.append(ProviderStep(.claims, .passed, Self.names(of: person)))
            return BrowserTrial(
                answer: .right(profile), steps: steps, session: ProviderSession(subject: person.user, id: ticket))
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
            return BrowserTrial(answer: fault.isLie ? .untrusted : .unavailable, steps: steps)
        }
    }

    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace? {
        try mayVisit()
        return FarewellPlace(url: settings.place("logout", [("service", origin + "/sign-in")]))
    }

    /// Asks about a ticket that nobody was given: a server that is one says no to it.
    func tryOut() async throws -> [ProviderStep] {
        var steps: [ProviderStep] = []
        do {
            try mayVisit()
            steps.append(ProviderStep(.authorization, .passed, settings.place("login", [])))
            let start = ContinuousClock.now
            guard case .refused(let code) = try await ask("ST-gatehouse-trial", for: settings.serverUrl) else {
                throw Self.fault("the server takes a ticket that nobody was given")
            }
            steps.append(
                ProviderStep(.ticket, .passed, ProviderWeb.printable(code), milliseconds: start.milliseconds))
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
        }
        return steps
    }

    /// What came with the browser, once: whatever the server says to it, it is of no use any more.
    private func ticket(in answer: BrowserAnswer) async throws -> String {
        guard let ticket = answer.code, CASTicket.isTicket(ticket) else {
            let text = answer.code == nil ? "there is no ticket" : "the ticket is none"
            throw ProviderFault(step: .authorization, text: text, isLie: true)
        }
        guard try await CASTicketStore.use(ticket, of: provider, at: now, in: scope, database) else {
            throw ProviderFault(step: .authorization, text: "the ticket was used before", isLie: true)
        }
        return ticket
    }

    private func validate(_ ticket: String, for service: String) async throws -> CASPerson {
        switch try await ask(ticket, for: service) {
        case .person(let person): return person
        case .refused(let code):
            throw ProviderFault(
                step: .ticket, text: "the server says \(ProviderWeb.printable(code))", isLie: code != "INTERNAL_ERROR")
        }
    }

    private func ask(_ ticket: String, for service: String) async throws -> CASAnswer {
        let address = settings.place("p3/serviceValidate", [("service", service), ("ticket", ticket)])
        guard let url = try? OutboundURL(address) else { throw Self.fault("the address of the server is none") }
        let response = try await web.fetch(
            OutboundRequest(.get, url, opened: opened), accept: "application/xml", limit: ProviderWeb.largest,
            for: .ticket, of: provider, in: scope)
        guard response.status == 200 else {
            throw ProviderFault(
                step: .ticket, text: "status \(response.status)", isLie: (400..<500).contains(response.status))
        }
        do throws(CASAnswer.Fault) {
            return try CASAnswer.read(response.body)
        } catch {
            throw Self.fault(error.text)
        }
    }

    /// The names of what is there, so that an administrator sees what can be asked for.
    private static func names(of person: CASPerson) -> String {
        var names: [String] = []
        for attribute in person.attributes where !names.contains(attribute.name) { names.append(attribute.name) }
        return String(names.map(ProviderWeb.printable).joined(separator: "; ").unicodeScalars.prefix(1000))
    }

    /// People are sent only to where requests would go.
    private func mayVisit() throws {
        guard let url = try? OutboundURL(settings.serverUrl), url.isSecure || opened.contains(url.destination) else {
            throw ProviderFault(
                step: .authorization,
                text: "the address is not encrypted: only a host and port that an administrator opened may be plain")
        }
    }

    private static func fault(_ text: String) -> ProviderFault {
        ProviderFault(step: .ticket, text: text, isLie: true)
    }
}

extension ContinuousClock.Instant {
    /// How long ago it was.
    fileprivate var milliseconds: Int {
        let took = (ContinuousClock.now - self).components
        return Int(took.seconds) * 1000 + Int(took.attoseconds / 1_000_000_000_000_000)
    }
}
