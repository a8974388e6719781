package import Kernel
import Outbound

/// What a channel needs to know of its vendor, without secrets: one kind for each vendor. Another vendor is a case here
/// and in `ChannelVendor`, a folder beside this one, and a word in the table's check.
package enum ChannelSettings: Sendable {
    case feishu(FeishuChannelSettings)
    case lark(FeishuChannelSettings)
    case slack(SlackSettings)
    case dingtalk(DingTalkSettings)
    case wecom(WeComSettings)
    case teams(TeamsSettings)

    package var vendor: ChannelVendor {
        switch self {
        case .feishu: .feishu
        case .lark: .lark
        case .slack: .slack
        case .dingtalk: .dingtalk
        case .wecom: .wecom
        case .teams: .teams
        }
    }

    /// Whether all are asked at one place, by one card.
    var isRoom: Bool { vendor.isRoom }

    /// What all kinds have.
    private var place: any ChannelPlace {
        switch self {
        case .feishu(let settings), .lark(let settings): settings
        case .slack(let settings): settings
        case .dingtalk(let settings): settings
        case .wecom(let settings): settings
        case .teams(let settings): settings
        }
    }

    /// The secrets that it takes, and whether it works without.
    var secrets: [(name: ChannelSecretName, isRequired: Bool)] { place.secrets }

    /// How the vendor tells of clicks.
    var delivery: ChannelDelivery { place.delivery }

    /// Where an installation of one's own is.
    var apiUrl: String? { place.apiUrl }

    /// The company there, whose people alone are asked.
    var company: String { place.company }

    /// Whether secrets that were given for other settings are heard by nobody else with these.
    func mayKeepSecrets(of other: ChannelSettings) -> Bool {
        vendor == other.vendor && place.place == other.place.place
    }

    /// How the vendor is spoken to. `secrets` has all that are required.
    func speaking(with secrets: ChannelSecrets) -> any Vendor {
        switch self {
        case .feishu(let settings): Feishu(settings: settings, isLark: false, secrets: secrets)
        case .lark(let settings): Feishu(settings: settings, isLark: true, secrets: secrets)
        case .slack(let settings): Slack(settings: settings, secrets: secrets)
        case .dingtalk(let settings): DingTalk(settings: settings, secrets: secrets)
        case .wecom(let settings): WeCom(settings: settings, secrets: secrets)
        case .teams(let settings): Teams(settings: settings, secrets: secrets)
        }
    }
}

extension ChannelSettings: WireValue {
    package static let schema: Schema<Self> = .union(
        "vendor",
        Variant("feishu", ChannelSettings.feishu) { if case .feishu(let settings) = $0 { settings } else { nil } },
        Variant("lark", { (lark: LarkChannelSettings) in ChannelSettings.lark(lark.app) }) {
            if case .lark(let settings) = $0 { LarkChannelSettings(app: settings) } else { nil }
        },
        Variant("slack", ChannelSettings.slack) { if case .slack(let settings) = $0 { settings } else { nil } },
        Variant("dingtalk", ChannelSettings.dingtalk) {
            if case .dingtalk(let settings) = $0 { settings } else { nil }
        },
        Variant("wecom", ChannelSettings.wecom) { if case .wecom(let settings) = $0 { settings } else { nil } },
        Variant("teams", ChannelSettings.teams) { if case .teams(let settings) = $0 { settings } else { nil } })
}

/// What secrets of channels are called.
package enum ChannelSecretName: String, Sendable, CaseIterable, WireValue {
    /// The app's own secret, by which it gets tokens.
    case appSecret
    /// The token itself, of an app that has one for good.
    case botToken
    /// By which an app opens connections.
    case appToken
    /// What callbacks are signed with.
    case signingSecret
    /// What callbacks are encrypted with.
    case encryptKey
    /// The word that callbacks carry.
    case verificationToken
    /// Where cards are posted, by whoever knows it.
    case webhookUrl
}

/// The secrets of a channel. They are sealed together.
struct ChannelSecrets: Sendable {
    private var texts: [ChannelSecretName: Secret] = [:]

    init(_ texts: [ChannelSecretName: Secret] = [:]) {
        self.texts = texts
    }

    subscript(name: ChannelSecretName) -> String { texts[name]?.reveal() ?? "" }

    func has(_ name: ChannelSecretName) -> Bool { texts[name] != nil }

    mutating func put(_ secret: Secret, as name: ChannelSecretName) { texts[name] = secret }

    /// As they are sealed.
    var json: JSON {
        .object(
            texts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                JSON.Member($0.key.rawValue, .string($0.value.reveal()))
            })
    }

    init(_ json: JSON) {
        for name in ChannelSecretName.allCases {
            if let text = json[name.rawValue]?.text { texts[name] = Secret(text) }
        }
    }
}

/// What the settings of each vendor have in common.
protocol ChannelPlace: Sendable {
    /// The secrets that it takes, and whether it works without.
    var secrets: [(name: ChannelSecretName, isRequired: Bool)] { get }
    /// How it tells clicks.
    var delivery: ChannelDelivery { get }
    var company: String { get }
    /// Who hears the secrets: another app, company or address is another place.
    var place: [String?] { get }
    /// Where an installation of one's own is; the vendor's if nil.
    var apiUrl: String? { get }
}

extension ChannelPlace {
    var delivery: ChannelDelivery { .callback }
    var apiUrl: String? { nil }
}

/// How a vendor tells of clicks.
package enum ChannelDelivery: String, Sendable, CaseIterable, WireValue {
    /// It calls us.
    case callback
    /// Over a connection that we open to it.
    case stream
}

/// Addresses and words of settings, whatever the vendor.
enum ChannelWord {
    static let deliveryNote = "How clicks are told: the vendor calls us, or over a connection that we open to it."
    static let address = Schema<String>.text(8...500)
    static let addressNote = "For an installation of one's own; the vendor's if null."

    /// Where an installation of one's own is.
    static func checkAddress(_ text: String?, field: String) throws(Invalid) {
        guard let text else { return }
        guard (try? OutboundURL(text)) != nil, !text.hasSuffix("/"), !text.contains("?"), !text.contains("#") else {
            throw Invalid("must be an address without a slash at its end", field: field)
        }
    }

    /// Clicks over a connection are worth what its TLS is.
    static func checkStream(_ address: String?, _ delivery: ChannelDelivery) throws(Invalid) {
        guard delivery == .stream, let address, !StreamAddress.isProtected(address) else { return }
        throw Invalid("must begin with https for clicks that come over a connection", field: "settings")
    }

    static func check(_ text: String, field: String) throws(Invalid) {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") }) else {
            throw Invalid("must be one word", field: field)
        }
    }
}
