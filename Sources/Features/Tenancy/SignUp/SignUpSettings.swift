package import Kernel
package import Postgres

/// Who may become a tenant by themselves, and whom people ask.
package struct SignUpSettings: WireValue, Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable, WireValue {
        /// Nobody: tenants are created by the provider.
        case off
        /// Everybody, when somebody of the provider has agreed.
        case approval
        /// Everybody who confirms a mail address.
        case open
    }

    package let mode: Mode
    package let trialDays: Int
    /// How the provider is reached: a mail address, a telephone number, a web page.
    package let contact: String?

    package init(mode: Mode = .off, trialDays: Int = 30, contact: String? = nil) {
        self.mode = mode
        self.trialDays = trialDays
        self.contact = contact
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("mode", \.mode, note: "off, approval, or open to whoever confirms a mail address.")
        Field("trialDays", \.trialDays, Schema<Int>.int(1...365).otherwise(30))
        Field("contact", \.contact, .text(1...200), note: "Shown to people who are shut out or want to sign up.")
    }
}

extension SignUpSettings {
    /// What the provider decided, or nobody can sign up.
    package static func read(from database: Database) async throws -> SignUpSettings {
        try await SignUpSettingsStore(database: database).read()
    }
}

/// The row of the settings.
struct SignUpSettingsStore {
    let database: Database

    private static let name = "sign-up"

    func read() async throws -> SignUpSettings {
        let value = try await database.first(
            "select value from provider_settings where name = \(Self.name)", in: ProviderScope()
        ) { try $0.next(JSON.self) }
        return try value.map { try SignUpSettings.schema.parse($0) } ?? SignUpSettings()
    }

    static func write(_ settings: SignUpSettings, _ tx: Transaction) async throws {
        let value = try JSONParser.parse(SignUpSettings.schema.bytes(of: settings))
        try await tx.execute(
            """
            insert into provider_settings (name, value) values (\(name), \(value))
            on conflict on constraint provider_settings_pk do update set value = excluded.value, changed_at = now()
            """)
    }
}
