import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Kernel
import Postgres

/// Takes a company's wish to sign up, and mails the link that confirms it. The answer is the same whoever asks, and
/// whether or not the address is known: only the one who reads that mail learns more.
struct RequestSignUp {
    let signUps: SignUps

    /// Nobody's mailbox is filled by somebody else.
    private static let mostPerDay = 3
    private static let lifetime: TimeInterval = 24 * 60 * 60

    func callAsFunction(_ request: SignUpRequest, audit: AuditDraft, at now: Date) async throws -> SignUpReceived {
        guard try await signUps.face().mode != .off else { throw SignUpError.closed }
        guard !request.slug.isReserved else { throw TenancyError.slugReserved }
        // Host names are no secret: whoever asks for one sees whether it is taken.
        guard try await signUps.tenancy.store.find(slug: request.slug, in: ProviderScope()) == nil else {
            throw TenancyError.slugTaken
        }
        let token = RandomToken()
        let url = "\(signUps.address.origin)/confirm#token=\(token.text.reveal())"
        audit.target("sign-up", request.slug.text, name: request.company.text)
        try await signUps.database.transaction(in: ProviderScope()) { tx in
            guard
                try await SignUpStore.count(of: request.email, since: now - Self.lifetime, tx) < Self.mostPerDay
            else { return }
            try await SignUpStore.insert(
                .new(at: now), request, token: token, at: now, until: now + Self.lifetime, tx)
            let letter = SignUpLetter(request: request, baseDomain: signUps.address.baseDomain).confirming(by: url)
            guard try await signUps.letters.send(letter, nil, now, tx) else { throw SignUpError.badAddress }
            try await audit.write(in: tx)
        }
        return SignUpReceived(mailedTo: request.email)
    }
}

extension SignUps {
    package func request(_ request: SignUpRequest, audit: AuditDraft, at now: Date) async throws -> SignUpReceived {
        try await RequestSignUp(signUps: self)(request, audit: audit, at: now)
    }
}
