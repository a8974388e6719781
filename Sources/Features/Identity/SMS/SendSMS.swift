import Cryptography
import FoundationEssentials
import Kernel
import Outbound
import Postgres
import Tenancy

/// Sends a message through a company's gateways: the first one that takes it.
struct SendSMS {
    /// A gateway that took it, or what the last one said that did not, in words that may be kept.
    enum Outcome: Equatable {
        case taken(SMSGatewayID)
        case refused(String)
        case nobody
    }

    /// However many gateways hang: somebody waits for the answer.
    static let patience = Duration.seconds(20)

    let database: Database
    let keys: TenantKeys
    let directories: ProviderDirectories

    /// The next one is asked after one that fails, even if nobody knows whether it took the message: it is the same code,
    /// and a gateway that hangs must not keep a company out.
    func callAsFunction(_ message: SMSMessage, at now: Date, in scope: TenantScope) async throws -> Outcome {
        let start = ContinuousClock.now
        var outcome = Outcome.nobody
        for candidate in try await SMSGatewayStore.all(in: scope, database)
        where candidate.gateway.enabled && (!message.isNotice || candidate.gateway.settings?.takesNotices == true) {
            guard ContinuousClock.now - start < Self.patience else { break }
            do {
                outcome = try await send(message, through: candidate, at: now, in: scope)
            } catch let error where !(error is CancellationError) {
                // A secret that cannot be opened, say: the others are asked all the same.
                outcome = .refused("its secret or its settings cannot be used")
                try? await SMSGatewayStore.note(
                    "its secret or its settings cannot be used", of: candidate.gateway.id, at: now, in: scope, database)
            }
            if case .taken = outcome { break }
        }
        return outcome
    }

    /// Through one gateway, whether it is switched on or not.
    func send(
        _ message: SMSMessage, through candidate: SealedSMSGateway, at now: Date, in scope: TenantScope
    ) async throws -> Outcome {
        let id = candidate.gateway.id
        let words = SMSWords(number: message.number, code: message.word)
        let refusal = try await ask(message, candidate, at: now, in: scope).map(words.masked)
        // Best effort: what cannot be noted is no reason to ask nobody else.
        try? await SMSGatewayStore.note(refusal, of: id, at: now, in: scope, database)
        return refusal.map(Outcome.refused) ?? .taken(id)
    }

    /// Nil if the gateway took it.
    private func ask(
        _ message: SMSMessage, _ candidate: SealedSMSGateway, at now: Date, in scope: TenantScope
    ) async throws -> String? {
        guard let settings = candidate.gateway.settings else { return "its settings cannot be read" }
        guard let secret = try await open(candidate, settings, in: scope) else { return "there is no secret" }
        if case .cmpp(let gateway) = settings {
            let send = SendByCMPP(client: directories.cmpp, opened: try await directories.openings(scope))
            let (id, undelivered) = (candidate.gateway.id, directories.undelivered)
            return try await send(message, by: gateway, secret: secret, for: scope.tenant.text, at: Date()) { words in
                undelivered.note(words, of: id, in: scope)
            }
        }
        guard let vendor = settings.vendor else { return nil }
        let call = vendor.call(message, secret: secret, at: SMSMoment(date: Date(), nonce: Self.nonce()))
        do {
            var request = OutboundRequest(
                call.method == .get ? .get : .post, try OutboundURL(call.url), body: call.body,
                opened: try await directories.openings(scope))
            for header in call.headers { request.headers.append(header.name, header.value) }
            let response = try await directories.web.fetch(
                request, accept: "*/*", limit: ProviderWeb.largest, for: .response, of: nil, in: scope)
            return switch vendor.verdict(status: response.status, body: response.body) {
            case .taken: nil
            case .refused(let said): SMSWords.without(secret, said)
            }
        } catch let fault as ProviderFault {
            return fault.text
        } catch let error as OutboundError {
            return "\(error)"
        } catch IdentityError.busy {
            return "too many requests are under way"
        }
    }

    private func open(
        _ candidate: SealedSMSGateway, _ settings: SMSGatewaySettings, in scope: TenantScope
    ) async throws -> Secret? {
        guard let sealed = candidate.sealedSecret else {
            return settings.needsSecret ? nil : Secret("")
        }
        let bytes = try await keys.open(
            sealed, table: SMSGatewayStore.table, row: candidate.gateway.id.text, version: 1, in: scope)
        return Secret(String(decoding: bytes, as: UTF8.self))
    }

    private static func nonce() -> String { Hex.encode(SecureRandom.bytes(16)) }
}
