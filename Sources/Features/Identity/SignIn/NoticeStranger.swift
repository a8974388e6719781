import FoundationEssentials
import Geolocation
import Kernel
import Postgres
import Tenancy

/// Notices that somebody comes in from where, or with what browser, they have not come before. It looks before the sign-in
/// is recorded, and speaks after it, in one transaction; the mail is sent by whoever hears the event.
struct NoticeStranger {
    let attempt: SignInAttempt
    /// Nil where there is no browser.
    let userAgent: String?

    /// Records the sign-in by `record`.
    func callAsFunction(in tx: Transaction, _ record: () async throws -> Void) async throws {
        let browser = BrowserKind(userAgent)
        let (user, now, scope) = (attempt.user, attempt.now, attempt.scope)
        let look: FamiliarBrowserStore.Look? =
            if let source = SourceAddress(attempt.address) {
                try await FamiliarBrowserStore.look(at: user, from: source, with: browser, now, in: scope, tx)
            } else {
                nil
            }
        let origin = attempt.origin
        let place: FamiliarPlaceStore.Look? =
            if let place = origin.place, let days = origin.cityDays {
                try await FamiliarPlaceStore.look(at: user, from: place, within: days, now, in: scope, tx)
            } else {
                nil
            }
        try await record()
        // After the account, as everybody locks them.
        if let browser { try await FamiliarBrowserStore.note(user, browser, at: now, in: scope, tx) }
        if let place = origin.place { try await FamiliarPlaceStore.note(user, place, at: now, in: scope, tx) }
        let isNewCity = place.map { $0.knowsPerson && !$0.knowsPlace } ?? false
        // In a city that is familiar, another address is news if the company wants it to be.
        let isFamiliarCity = origin.place?.city != nil && place?.knowsPlace == true
        let isNewAddress = look?.knowsAddress == false && (origin.tellsOfAddresses || !isFamiliarCity)
        // The first sign-in of all is no news; nor, but for the city, is the first one in a long time.
        guard let look, isNewCity || look.knowsPerson && (isNewAddress || !look.knowsBrowser) else { return }
        try await IdentityEvent.signInUnfamiliar.publish(
            user.text,
            [
                "entrance": .string(attempt.entrance.rawValue), "clientAddress": .string(attempt.address ?? ""),
                "userAgent": userAgent.map { .string(String($0.prefix(300))) } ?? .null,
                "place": origin.place?.json ?? .null, "isNewAddress": .bool(!look.knowsAddress),
                "isNewBrowser": .bool(!look.knowsBrowser), "isNewCity": .bool(isNewCity),
                "at": .string(Timestamp.text(now)),
            ], at: now, in: scope, tx)
    }
}

/// Mails the person, who knows best whether it was them.
struct TellOfStranger {
    let database: Database
    let settings: IdentitySettings

    func callAsFunction(_ subject: String, _ data: JSON, at now: Date, in scope: TenantScope) async throws {
        guard let user = UserID(subject) else { return }
        try await database.transaction(in: scope) { tx in
            guard let person = try await MailedPersonStore.find([user], in: scope, tx).first,
                let letter = StrangerLetter(
                    person: person, data: data, url: person.portal(settings.portal) + "/profile?tab=sessions"
                ).letter(to: person)
            else { return }
            _ = try await settings.letters.send(letter, scope.tenant, now, tx)
        }
    }
}

/// The letter about a sign-in that may not have been the person's.
struct StrangerLetter: PersonalLetter {
    let person: MailedPerson
    let data: JSON
    let url: String

    let kind = "sign-in-unfamiliar"

    private var time: String {
        data["at"]?.text.flatMap(Timestamp.parse)?.inLetters ?? "?"
    }
    private var address: String { data["clientAddress"]?.text ?? "?" }
    private var place: Place? { Place(data["place"]) }
    private var isNewCity: Bool { data["isNewCity"] == .bool(true) && place != nil }
    private var means: String { data["userAgent"]?.text ?? data["entrance"]?.text ?? "?" }

    private var englishNews: String {
        isNewCity
            ? "from a city where you have not been lately." : "in a way that you have not come lately."
    }
    private var chineseNews: String {
        isNewCity ? "您近期未曾在该城市登录过。" : "其地址或设备近期未曾使用过。"
    }

    var english: (subject: String, text: String) {
        (
            "\(person.company): a sign-in from \(isNewCity ? place?.english ?? "" : "somewhere new")",
            """
            Hello \(person.name),

            somebody has signed in to \(person.company) as \(person.login), \(englishNews)

            When: \(time)
            From: \(address)\(place.map { " (\($0.english))" } ?? "")
            With: \(means)

            If it was you, there is nothing to do. If not, change your password now, which signs out every other browser, look
            at your browsers and keys, and tell your administrator: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            isNewCity
                ? "\(person.company)：来自\(place?.chinese ?? "")的登录" : "\(person.company)：新设备或新地址登录",
            """
            \(person.name)，您好：

            有人以账号 \(person.login) 登录了 \(person.company)，\(chineseNews)

            时间：\(time)
            地址：\(address)\(place.map { "（\($0.chinese)）" } ?? "")
            设备：\(means)

            如为本人操作，请忽略。否则请立即修改密码（其他浏览器将被登出），检查已登录的浏览器和密钥，并联系管理员：\(url)
            """
        )
    }
}
