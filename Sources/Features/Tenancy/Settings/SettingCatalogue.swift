import Kernel

/// Every setting of a tenant, in the order in which people see them.
package enum SettingCatalogue {
    package static let all: [SettingDeclaration] = [
        Setting.name.declaration, Setting.language.declaration, Setting.timeZone.declaration,
        Setting.hostName.declaration,
        Setting.logo.declaration, Setting.color.declaration, Setting.signInText.declaration,
        Setting.passwordLength.declaration, Setting.passwordKinds.declaration, Setting.passwordAge.declaration,
        Setting.passwordHistory.declaration,
        Setting.sessionIdle.declaration, Setting.sessionMax.declaration,
        Setting.singleSession.declaration,
        Setting.stepUpAge.declaration, Setting.keyDays.declaration, Setting.keyProviderDays.declaration,
        Setting.passkeyModels.declaration,
        Setting.emailCodes.declaration, Setting.smsCodes.declaration, Setting.smsPrefixes.declaration,
        Setting.smsPerHour.declaration, Setting.smsNotices.declaration, Setting.rememberDays.declaration,
        Setting.signInLinksForAdministrators.declaration,
        Setting.newCityNotices.declaration, Setting.newCityDays.declaration, Setting.newAddressNotices.declaration,
        Setting.lockoutAccountFailures.declaration, Setting.lockoutAddressFailures.declaration,
        Setting.lockoutWindow.declaration, Setting.lockoutLongest.declaration, Setting.lockoutTrusted.declaration,
        Setting.recordingStore.declaration, Setting.recordingDays.declaration, Setting.auditDays.declaration,
        Setting.mailServer.declaration,
    ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    static let bulky = all.filter(\.isBulky).map(\.name)
    /// Those that organizations may set.
    package static let divided = all.filter { $0.scope != .tenant }
}

/// The settings, each by its key.
package enum Setting {
    package static let name = SettingKey(
        "general.name", .general, TenantName.schema, default: TenantName.unnamed, home: .name,
        help: "What the company is called, wherever its people see it.")
    package static let language = SettingKey(
        "locale.language", .general, PortalLanguage.schema, default: .english, scope: .organization, home: .language,
        help: "The language of the portal for those who have chosen none, and of mail.")
    package static let timeZone = SettingKey(
        "locale.time-zone", .general, TimeZoneName.schema, default: .utc, scope: .organization, home: .timeZone,
        help: "In which time zone the hours of grants are meant, by the organization that a grant belongs to.")
    package static let hostName = SettingKey(
        "host.name", .general, CustomHostName.schema.optional, default: nil, home: .hostName,
        help: "A host name of the company's own for its portal, which has to point to the installation.")

    package static let logo = SettingKey(
        "branding.logo", .branding, Logo.schema.optional, default: nil, isBulky: true,
        help: "A PNG of at most 64 KiB and 1024 pixels each way, in base64, for the top bar and the sign-in page.")
    package static let color = SettingKey(
        "branding.color", .branding, BrandColor.schema.optional, default: nil,
        help: "The colour of buttons and links, as #rrggbb; white text on it must be readable.")
    package static let signInText = SettingKey(
        "sign-in.text", .branding, Schema<String>.lines(1...500).optional, default: nil,
        help: "A text on the sign-in page, such as whom to call.")

    package static let passwordLength = SettingKey(
        "password.min-length", .security, .int(12...64), default: 12, scope: .higher,
        help: "How many characters a new password has at least.")
    package static let passwordKinds = SettingKey(
        "password.kinds", .security, PasswordKinds.schema, default: 0, scope: .higher,
        help:
            "Of how many kinds of characters (small letters, capital letters, digits, others) a new password has to be: 2, 3 or 4; 0 asks for none."
    )
    package static let passwordAge = SettingKey(
        "password.max-age", .security, .int(1...passwordAgeless), default: passwordAgeless, scope: .lower,
        help: "After how many days a password has to be changed; with 3650 never.")
    /// The age at which no password has to be changed: a number like the others, so that organizations can lower it.
    package static let passwordAgeless = 3650
    package static let passwordHistory = SettingKey(
        "password.history", .security, .int(1...mostRemembered), default: 1, scope: .higher,
        help: "How many of a person's last passwords a new one must not be, counted with the one in use.")
    package static let mostRemembered = 10
    package static let sessionIdle = SettingKey(
        "session.idle", .security, .int(5...longestIdle), default: 60, scope: .lower,
        help: "After how many minutes without a request a browser is signed out.")
    package static let sessionMax = SettingKey(
        "session.max", .security, .int(1...168), default: 12, scope: .lower,
        help: "For how many hours a browser stays signed in, counted from signing in.")
    package static let longestIdle = 1440
    package static let singleSession = SettingKey(
        "session.single", .security, SingleSession.schema, default: .off,
        help: "What of a person's ends when they sign in to the portal: nothing, other browsers, or sessions too.")
    package static let stepUpAge = SettingKey(
        "step-up.age", .security, .int(1...60), default: 15,
        help: "For how many minutes a second factor counts where a fresh one is needed.")
    package static let keyDays = SettingKey(
        "ssh-key.max-days", .security, .int(1...keyAgeless), default: keyAgeless,
        help: "After how many days an SSH key ends that is added from now on; with 3650 none has to.")
    /// The life at which no key has to end.
    package static let keyAgeless = 3650
    package static let keyProviderDays = SettingKey(
        "ssh-key.provider-days", .security, .int(1...365), default: 7,
        help:
            "For how many days after people whom an identity provider knows came in by one, or by their password here, "
            + "their SSH keys let them in; and, where it is off, a passkey alone or an account that they bound."
    )
    package static let passkeyModels = SettingKey(
        "passkey.models", .security, PasskeyModels.schema.optional, default: nil,
        help:
            "The makes of authenticators (AAGUIDs) that new passkeys may be of, by the word of an authority the company took; any if unset."
    )

    package static let emailCodes = SettingKey(
        "second-factor.email", .security, Bool.schema, default: false,
        help: "Whether a code that is sent by e-mail counts as a second factor.")
    package static let smsCodes = SettingKey(
        "second-factor.sms", .security, Bool.schema, default: false,
        help: "Whether a code that is sent by text message counts as a second factor.")
    package static let smsPrefixes = SettingKey(
        "sms.prefixes", .security, CallingPrefixes.schema.optional, default: nil,
        help: "How numbers begin to which text messages may go, such as +86, one a line; none go out while it is unset."
    )
    package static let smsPerHour = SettingKey(
        "sms.per-hour", .security, .int(1...10_000), default: 100,
        help: "How many text messages the company sends in an hour at most.")
    package static let smsNotices = SettingKey(
        "sms.notices", .security, Bool.schema, default: false,
        help: "Whether approvers are told by text message that a request waits for them.")
    package static let rememberDays = SettingKey(
        "second-factor.remember-days", .security, .int(0...90), default: 0,
        help: "For how many days a browser may be remembered in which no second factor is asked again; 0 for never.")

    package static let signInLinksForAdministrators = SettingKey(
        "sign-in-links.administrators", .security, Bool.schema, default: false,
        help: "Whether another system may ask for links to a sign-in for administrators, too.")

    package static let newCityNotices = SettingKey(
        "sign-in.new-city", .security, Bool.schema, default: true,
        help: "Whether people are told by mail of a sign-in from a city where they have not been lately.")
    package static let newCityDays = SettingKey(
        "sign-in.new-city-days", .security, .int(1...longestNewCityDays), default: 30,
        help: "For how many days a city stays familiar after a sign-in from there.")
    package static let longestNewCityDays = 365
    package static let newAddressNotices = SettingKey(
        "sign-in.new-address", .security, Bool.schema, default: true,
        help: "Whether people are told of a sign-in from another address of a city that is familiar, too.")

    package static let lockoutAccountFailures = SettingKey(
        "lockout.account-failures", .security, .int(3...50), default: 7,
        help: "After how many failed sign-ins an account has to wait: a minute first, then twice as long each time.")
    package static let lockoutAddressFailures = SettingKey(
        "lockout.address-failures", .security, .int(5...1000), default: 50,
        help: "After how many failed sign-ins, whoever is tried, an address has to wait in the same way.")
    package static let lockoutWindow = SettingKey(
        "lockout.window", .security, .int(5...1440), default: 60,
        help: "For how many minutes failures count towards the lock of an address.")
    package static let lockoutLongest = SettingKey(
        "lockout.longest", .security, .int(1...1440), default: 30,
        help: "How many minutes an account or an address waits at most.")
    package static let lockoutTrusted = SettingKey(
        "lockout.trusted-addresses", .security, AddressList.schema.optional, default: nil,
        help: "Addresses and networks that are never locked, one a line, such as the office's.")

    package static let recordingStore = SettingKey(
        "recording.store", .recording, S3StoreSetting.schema.optional, default: nil,
        anchors: ["endpoint", "region", "bucket", "accessKey"],
        complete: { store throws(Invalid) in
            guard store == nil || store?.secretKey != nil else {
                throw Invalid("is required, since the key or where it is used is another one", field: "secretKey")
            }
        },
        help: "A bucket of an S3-compatible store for recordings from now on; without it they lie with the provider.")
    package static let recordingDays = SettingKey(
        "retention.recordings", .recording, .int(1...3650), default: 180, scope: .higher,
        help: "After how many days recordings are erased. What is known about the session stays.")
    package static let auditDays = SettingKey(
        "retention.audit", .recording, .int(90...3650), default: 1095, scope: .higher,
        help: "After how many days lines of the audit trail are removed.")

    package static let mailServer = SettingKey(
        "mail.server", .mail, MailServerSetting.schema.optional, default: nil,
        anchors: ["host", "port", "security", "user"],
        complete: { server throws(Invalid) in try server?.checkLogin() },
        help: "The server that takes the company's mail, and its sender; without it the installation's takes it.")
}
