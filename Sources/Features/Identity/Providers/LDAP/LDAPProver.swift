import FoundationEssentials
import Kernel
import LDAP
import Outbound

/// Proves a password by a directory: finds exactly one entry with the directory's own account, and binds as that entry
/// on another connection.
struct LDAPProver: PasswordProver {
    let settings: LDAPSettings
    let secret: LDAPPassword?
    let client: LDAPClient
    let egress: EgressPolicy
    /// Whose directory it is, so that one tenant's cannot take all threads.
    let party: String
    let now: Date
    /// The attributes that rules name.
    var naming: [String] = []

    func prove(_ login: Login, _ password: Secret?) async throws -> ProviderTrial {
        // There is no bind without a password: it would succeed (RFC 4513 §5.1.2).
        let own = password.flatMap { LDAPPassword($0.reveal()) }
        guard own != nil || password == nil else { return ProviderTrial(answer: .wrong(subject: nil), steps: []) }
        let work = LDAPLookup(settings: settings, login: login, password: own, now: now, naming: naming)
        do {
            return try await client.run(settings.directory(password: secret), for: party, egress: egress) {
                connection throws(LDAPError) in
                try work.run(on: connection)
            }
        } catch let error as LDAPError {
            return ProviderTrial(answer: .unavailable, steps: Self.steps(of: error))
        }
    }

    private static func steps(of error: LDAPError) -> [ProviderStep] {
        switch error {
        case .noServer(let attempts): LDAPLookup.steps(of: attempts)
        case .refused: [ProviderStep(.connect, .passed, ""), ProviderStep(.bind, .failed, "\(error)")]
        default: [ProviderStep(.search, .failed, "\(error)")]
        }
    }
}

/// The conversation with a directory, on a thread that may block. It may be had again with the next server.
struct LDAPLookup: Sendable {
    /// More than one, so that two entries are seen to be two.
    private static let limit = 2

    let settings: LDAPSettings
    let login: Login
    let password: LDAPPassword?
    let now: Date
    var naming: [String] = []

    func run(on connection: LDAPConnection) throws(LDAPError) -> ProviderTrial {
        var steps = Self.steps(of: connection.attempts)
        steps.append(ProviderStep(.bind, .passed, settings.bindDn ?? "anonymous"))
        guard let filter = LDAPFilter(settings.userFilter, place: "login") else {
            return ProviderTrial(
                answer: .unavailable, steps: steps + [ProviderStep(.search, .failed, "the filter is not valid")])
        }
        let start = ContinuousClock.now
        let words = filter.filled(with: login.text)
        let found: (entries: [LDAPEntry], isCut: Bool)
        do throws(LDAPError) {
            found = try entries(words, on: connection)
        } catch {
            // An answer with too many entries, or none that can be used: another server says the same.
            guard !error.isOfServer else { throw error }
            steps.append(ProviderStep(.search, .failed, "\(error)", milliseconds: start.elapsed))
            return ProviderTrial(answer: error == .tooMuch ? .ambiguous : .unavailable, steps: steps)
        }
        guard let entry = found.entries.first else {
            steps.append(ProviderStep(.search, .failed, "nothing for \(words)", milliseconds: start.elapsed))
            return ProviderTrial(answer: .unknown, steps: steps)
        }
        guard found.entries.count == 1, !found.isCut, !entry.dn.isEmpty,
            let subject = settings.attributes.subject(of: entry)
        else {
            let detail =
                found.entries.count > 1 || found.isCut
                ? "more than one entry for \(words)" : "\(entry.dn) has no single \(settings.attributes.subject)"
            steps.append(ProviderStep(.search, .failed, detail, milliseconds: start.elapsed))
            return ProviderTrial(answer: .ambiguous, steps: steps)
        }
        steps.append(ProviderStep(.search, .passed, entry.dn, milliseconds: start.elapsed))
        if let no = try refusal(of: entry, subject, on: connection, &steps) {
            return ProviderTrial(answer: no, steps: steps)
        }
        let standing = LDAPStanding(of: entry, at: now)
        steps.append(ProviderStep(.standing, standing == .open ? .passed : .failed, standing.words ?? ""))
        if let reason = standing.refusal {
            return ProviderTrial(answer: .barred(subject: subject, reason), steps: steps)
        }
        let groups = try groups(of: entry, on: connection, &steps)
        return ProviderTrial(answer: .right(profile(entry, subject, groups)), steps: steps)
    }

    /// Whoever is found in two places is two.
    private func entries(
        _ words: String, on connection: LDAPConnection
    ) throws(LDAPError) -> (entries: [LDAPEntry], isCut: Bool) {
        var (entries, isCut): ([LDAPEntry], Bool) = ([], false)
        let more = settings.groups == .posix ? PosixGroups.ofAccounts : []
        for base in settings.bases {
            let search = LDAPSearch(base: base, filter: words, attributes: settings.attributes.all + more + naming)
            let found = try connection.search(search, limit: Self.limit)
            entries += found.entries
            isCut = isCut || found.isCut
        }
        return (entries, isCut)
    }

    static func steps(of attempts: [LDAPAttempt]) -> [ProviderStep] {
        attempts.map { attempt in
            ProviderStep(
                .connect, attempt.error == nil ? .passed : .failed,
                attempt.error.map { "\(attempt.server): \($0)" } ?? "\(attempt.server)",
                milliseconds: attempt.took.wholeMilliseconds)
        }
    }

    /// Nil for a password that is right, and where there is none to try.
    private func refusal(
        of entry: LDAPEntry, _ subject: String, on connection: LDAPConnection, _ steps: inout [ProviderStep]
    ) throws(LDAPError) -> ProviderTrial.Answer? {
        guard let password else {
            steps.append(ProviderStep(.password, .skipped, ""))
            return nil
        }
        let start = ContinuousClock.now
        do throws(LDAPError) {
            try connection.prove(entry.dn, password)
            steps.append(ProviderStep(.password, .passed, "", milliseconds: start.elapsed))
            return nil
        } catch .refused(let code, let text) {
            guard !LDAPError.refused(code: code, text).isOfServer else { throw .refused(code: code, text) }
            let bar = ActiveDirectory.bar(in: text)
            let words = bar?.words ?? ActiveDirectory.mismatch(in: text) ?? "refused with code \(code) \(text)"
            steps.append(ProviderStep(.password, .failed, words, milliseconds: start.elapsed))
            return bar.map { .barred(subject: subject, $0.reason) } ?? .wrong(subject: subject)
        }
    }

    private func groups(
        of entry: LDAPEntry, on connection: LDAPConnection, _ steps: inout [ProviderStep]
    ) throws(LDAPError) -> [String] {
        guard settings.groups != .none else {
            steps.append(ProviderStep(.groups, .skipped, ""))
            return []
        }
        let start = ContinuousClock.now
        let search = LDAPGroupSearch(settings: settings, connection: connection)
        let (groups, how) = try search.groups(of: entry)
        steps.append(
            ProviderStep(.groups, .passed, "\(groups.count) found by \(how)", milliseconds: start.elapsed))
        return groups.flatMap(\.names)
    }

    private func profile(_ entry: LDAPEntry, _ subject: String, _ groups: [String]) -> ProviderProfile {
        func text(_ attribute: String) -> String? { entry.text(attribute).map { String($0.prefix(500)) } }
        return ProviderProfile(
            subject: subject, login: text(settings.attributes.login) ?? "", name: text(settings.attributes.name),
            email: text(settings.attributes.email), groups: Array(groups.prefix(5000)),
            attributes: ProviderAttribute.named(naming, entry.texts),
            place: entry.dn.utf8.count <= 2000 ? entry.dn : nil)
    }
}

extension LDAPAttributes {
    /// Bytes are shown in hexadecimal: `objectGUID` is sixteen of them.
    func subject(of entry: LDAPEntry) -> String? { Self.subject(subject, of: entry) }

    static func subject(_ attribute: String, of entry: LDAPEntry) -> String? {
        let values = entry.attributes[attribute.lowercased()] ?? []
        guard values.count == 1, let value = values.first, 1...200 ~= value.count else { return nil }
        let isPlain = value.allSatisfy { 0x21...0x7E ~= $0 } && attribute.lowercased() != "objectguid"
        return isPlain ? String(decoding: value, as: UTF8.self) : value.hexadecimal
    }
}

extension ContinuousClock.Instant {
    var elapsed: Int { (ContinuousClock.now - self).wholeMilliseconds }
}

extension Duration {
    var wholeMilliseconds: Int {
        Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension [UInt8] {
    var hexadecimal: String {
        reduce(into: "") { text, byte in
            let digits = String(byte, radix: 16)
            text += digits.count == 1 ? "0" + digits : digits
        }
    }
}
