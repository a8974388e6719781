import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Sends somebody a code, once a minute at most. Who they are has been proven as far as it was asked.
struct SendEmailCode {
    enum Purpose {
        /// They have confirmed the address, and are asked for a code.
        case proof
        /// They want to confirm it.
        case confirmation
    }

    let database: Database
    let keys: TenantKeys
    let letters: LetterBox

    func callAsFunction(
        for purpose: Purpose, to user: UserID, from address: String?, at now: Date, _ audit: AuditDraft? = nil,
        in scope: TenantScope
    ) async throws -> SentEmailCode {
        let code = EmailCode()
        let sealed = try await keys.seal(
            Array(code.text.utf8), table: EmailCodeStore.table, row: user.text, version: 1, in: scope)
        return try await database.transaction(in: scope) { tx in
            try await AccountStore.waitBriefly(tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                account.standing.takes(purpose),
                let mailbox = try await EmailFactorStore.mailbox(of: user, for: purpose, in: scope, tx)
            else { throw IdentityError.codeNotSent }
            if let sent = try await EmailCodeStore.sentAt(user, in: scope, tx), now < sent + EmailCode.pause {
                let seconds = (sent + EmailCode.pause).timeIntervalSince(now).rounded(.up)
                throw IdentityError.codeSentLately(seconds: max(1, Int(seconds)))
            }
            try await EmailCodeStore.put(sealed.bytes, of: user, to: mailbox.address, at: now, in: scope, tx)
            let letter = CodeLetter(
                code: code, company: mailbox.company, from: address ?? "-", language: mailbox.language)
            guard try await letters.send(letter.letter(to: mailbox.address), scope.tenant, now, tx) else {
                throw IdentityError.codeNotSent
            }
            if let audit {
                audit.target("user", user.text, name: account.login)
                try await audit.write(in: tx)
            }
            return SentEmailCode(
                sentTo: EmailCode.masked(mailbox.address), expiresAt: now + EmailCode.lifetime,
                againAt: now + EmailCode.pause)
        }
    }
}

extension AccountStanding {
    fileprivate func takes(_ purpose: SendEmailCode.Purpose) -> Bool {
        switch purpose {
        case .proof: asked.contains(.email)
        case .confirmation: mayAddEmail
        }
    }
}

/// The code that somebody was sent, opened before the transaction that looks at it.
struct FindEmailCode {
    struct Found {
        let sealed: [UInt8]
        fileprivate let text: String

        func matches(_ typed: String) -> Bool { ConstantTime.equals(text, ProveCode.digits(typed)) }
    }

    let database: Database
    let keys: TenantKeys

    func callAsFunction(of user: UserID, at now: Date, in scope: TenantScope) async throws -> Found? {
        guard let sealed = try await EmailCodeStore.find(user, at: now, in: scope, database) else { return nil }
        let bytes = try await keys.open(sealed, table: EmailCodeStore.table, row: user.text, version: 1, in: scope)
        return Found(sealed: sealed, text: String(decoding: bytes, as: UTF8.self))
    }
}
