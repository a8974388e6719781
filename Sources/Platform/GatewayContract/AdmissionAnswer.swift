package import Kernel

/// What becomes of a person in front of a gateway.
package enum AdmissionAnswer: WireValue, Equatable {
    case admitted(Admitted)
    case challenge(AdmissionChallenge)
    case refused(AdmissionRefused)

    package static let schema: Schema<Self> = .union(
        "outcome",
        Variant("admitted", Self.admitted, { if case .admitted(let value) = $0 { value } else { nil } }),
        Variant("challenge", Self.challenge, { if case .challenge(let value) = $0 { value } else { nil } }),
        Variant("refused", Self.refused, { if case .refused(let value) = $0 { value } else { nil } }))
}

/// The person is who they say.
package struct Admitted: WireValue, Equatable {
    package let admission: AdmissionID
    package let user: NamedUser
    package let tenantName: String
    package let portal: String
    package let notice: String?
    package let target: AdmittedTarget?
    package let language: String?

    package init(
        admission: AdmissionID, user: NamedUser, tenantName: String, portal: String, notice: String? = nil,
        target: AdmittedTarget? = nil, language: String? = nil
    ) {
        self.admission = admission
        self.user = user
        self.tenantName = tenantName
        self.portal = portal
        self.notice = notice
        self.target = target
        self.language = language
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("user", \.user)
        Field("tenantName", \.tenantName, .text(1...200))
        Field("portal", \.portal, .text(0...255), note: "Where the tenant's portal is.")
        Field("notice", \.notice, .lines(1...4096))
        Field(
            "target", \.target,
            note: "What a web terminal's token was made out for; nothing else may be opened with this admission.")
        Field("language", \.language, .text(1...35), note: "What the person reads, such as en or zh-CN.")
    }
}

/// The one thing an admission opens.
package struct AdmittedTarget: WireValue, Equatable {
    package let account: String
    package let asset: AssetID

    package init(account: String, asset: AssetID) {
        self.account = account
        self.asset = asset
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("account", \.account, .text(1...255))
        Field("asset", \.asset)
    }
}

/// A person, by id and by the name to show.
package struct NamedUser: WireValue, Equatable {
    package let id: UserID
    package let name: String

    package init(id: UserID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

/// Questions to the person. Without prompts: somebody else has to agree first, and the title says so.
package struct AdmissionChallenge: WireValue, Equatable {
    package let admission: AdmissionID
    package let title: String
    package let prompts: [AdmissionPrompt]

    package init(admission: AdmissionID, title: String, prompts: [AdmissionPrompt]) {
        self.admission = admission
        self.title = title
        self.prompts = prompts
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("title", \.title, .lines(0...1024))
        Field("prompts", \.prompts, .array(of: AdmissionPrompt.schema, 0...8))
    }
}

/// One question, and whether what is typed may be seen.
package struct AdmissionPrompt: WireValue, Equatable {
    package let text: String
    package let echo: Bool

    package init(text: String, echo: Bool) {
        self.text = text
        self.echo = echo
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("text", \.text, .text(0...255))
        Field("echo", \.echo)
    }
}

/// The person is not let in, or not in this way.
package struct AdmissionRefused: WireValue, Equatable {
    package let text: String
    package let methods: [AdmissionMethod]?

    package init(text: String, methods: [AdmissionMethod]? = nil) {
        self.text = text
        self.methods = methods
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("text", \.text, .lines(0...1024))
        Field("methods", \.methods, .array(of: AdmissionMethod.schema, 0...4), note: "Ways that may still work.")
    }
}

/// A method of SSH user authentication (RFC 4252, RFC 4256).
package enum AdmissionMethod: String, CaseIterable, WireValue {
    case publicKey = "publickey"
    case keyboardInteractive = "keyboard-interactive"
}
