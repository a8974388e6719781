import FoundationEssentials
import Kernel

/// What a provider said about somebody, while their browser is on its way from there to the portal.
struct KeptTrial: WireValue {
    enum Answer: String, Sendable, CaseIterable, WireValue { case right, declined, untrusted, unavailable }

    let answer: Answer
    let profile: ProviderProfile?
    let steps: [ProviderStep]
    let subject: String?
    let session: String?
    let name: String?
    let ends: Date?

    init(
        answer: Answer, profile: ProviderProfile?, steps: [ProviderStep], subject: String?, session: String?,
        name: String?, ends: Date?
    ) {
        self.answer = answer
        self.profile = profile
        self.steps = steps
        self.subject = subject
        self.session = session
        self.name = name
        self.ends = ends
    }

    init(_ trial: BrowserTrial) {
        let (answer, profile): (Answer, ProviderProfile?) =
            switch trial.answer {
            case .right(let profile): (.right, profile)
            case .declined: (.declined, nil)
            case .untrusted: (.untrusted, nil)
            case .unavailable: (.unavailable, nil)
            }
        self.init(
            answer: answer, profile: profile, steps: trial.steps, subject: trial.session?.subject,
            session: trial.session?.id, name: trial.session?.named?.name,
            ends: trial.session?.ends)
    }

    var trial: BrowserTrial {
        let answer: BrowserTrial.Answer =
            switch (self.answer, profile) {
            case (.right, let profile?): .right(profile)
            case (.declined, _): .declined
            case (.unavailable, _): .unavailable
            case (.right, nil), (.untrusted, _): .untrusted
            }
        let named = name.map { NamedSession(name: $0, session: session) }
        return BrowserTrial(
            answer: answer, steps: steps,
            session: subject.map { ProviderSession(subject: $0, id: session, named: named, ends: ends) })
    }

    static let schema: Schema<Self> = .record(Self.init(answer:profile:steps:subject:session:name:ends:)) {
        Field("answer", \.answer)
        Field("profile", \.profile)
        Field("steps", \.steps, count: 0...50)
        Field("subject", \.subject, .lines(1...10_000))
        Field("session", \.session, .lines(0...10_000))
        Field("name", \.name, .lines(1...10_000))
        Field("ends", \.ends)
    }
}
