import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Sends somebody a code, by mail or as a text message, once a minute at most. Who they are has been proven as far as it
/// was asked.
struct SendCode {
    enum Purpose {
        /// They have confirmed the address or number, and are asked for a code.
        case proof
        /// They want to confirm it: a number of theirs, or the account's address.
        case confirmation(PhoneNumber?)

        fileprivate var counted: SMSLimits.Purpose {
            if case .proof = self { .code } else { .confirmation }
        }
    }

    let database: Database
    let keys: TenantKeys
    let letters: LetterBox
    let messages: SendSMS
    let tenants: TenantSettings

    func callAsFunction(
        by channel: CodeChannel, for purpose: Purpose, to user: UserID, from address: String?, at now: Date,
        _ audit: AuditDraft? = nil, in scope: TenantScope
    ) async throws -> SentCode {
        let code = SixDigits()
        let sealed = try await keys.seal(
            Array(code.text.utf8), table: SentCodeStore.table, row: SentCodeStore.row(of: user, by: channel),
            version: 1, in: scope)
        let limits = channel == .sms ? try await SMSLimits.read(tenants, in: scope) : nil
        let place = try await database.transaction(in: scope) { tx in
            try await AccountStore.waitBriefly(tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                account.standing.takes(purpose, by: channel),
                let place = try await CodeFactorStore.destination(
                    of: user, by: channel, for: purpose, in: scope, tx)
            else { throw IdentityError.codeNotSent }
            if let sent = try await SentCodeStore.sentAt(user, by: channel, in: scope, tx), now < sent + SentCode.pause
            {
                let seconds = (sent + SentCode.pause).timeIntervalSince(now).rounded(.up)
                throw IdentityError.codeSentLately(seconds: max(1, Int(seconds)))
            }
            audit?.target("user", user.text, name: account.login)
            try await SentCodeStore.put(
                sealed.bytes, of: user, by: channel, to: place.address, at: now, in: scope, tx)
            if let limits {
                guard let number = PhoneNumber(place.address) else { throw IdentityError.codeNotSent }
                try await limits.take(number, for: user, purpose.counted, at: now, in: scope, tx)
            } else {
                let letter = CodeLetter(
                    code: code, company: place.company, from: address ?? "-", language: place.language)
                guard try await letters.send(letter.letter(to: place.address), scope.tenant, now, tx) else {
                    throw IdentityError.codeNotSent
                }
                try await audit?.write(in: tx)
            }
            return place
        }
        if channel == .sms { try await deliver(code, to: place, at: now, audit, in: scope) }
        return SentCode(
            sentTo: SentCode.masked(place.address, channel), expiresAt: now + SentCode.lifetime,
            againAt: now + SentCode.pause)
    }

    /// After the transaction: a connection is never held while the outside is waited for.
    private func deliver(
        _ code: SixDigits, to place: CodeFactorStore.Destination, at now: Date, _ audit: AuditDraft?,
        in scope: TenantScope
    ) async throws {
        guard let number = PhoneNumber(place.address) else { throw IdentityError.codeNotSent }
        let message = SMSMessage(
            number: number, code: code.text, company: place.company, minutes: SentCode.minutes,
            isChinese: place.language.lowercased().hasPrefix("zh"))
        audit?.detail("number", .string(number.masked))
        guard case .taken(let gateway) = try await messages(message, at: now, in: scope) else {
            throw IdentityError.codeNotSent
        }
        audit?.detail("gateway", .string(gateway.text))
        if let audit { try await database.transaction(in: scope) { try await audit.write(in: $0) } }
    }
}

extension AccountStanding {
    fileprivate func takes(_ purpose: SendCode.Purpose, by channel: CodeChannel) -> Bool {
        switch purpose {
        case .proof: asked.contains(channel.factor)
        case .confirmation: mayAdd.contains(channel)
        }
    }
}
