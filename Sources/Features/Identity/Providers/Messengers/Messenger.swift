import Kernel
import Outbound

/// Somebody as a messenger knows them.
struct MessengerPerson: Sendable, Equatable {
    /// The company that the messenger says they belong to.
    let organization: String
    /// Never given to somebody else there.
    let id: String
    let login: String
    var name: String?
    var email: String?
    /// Nil where the messenger does not say whether the address is theirs.
    var isVerified: Bool?
    /// What has been said of them so far, in the vendor's words.
    var claims = JSON.object([])
}

/// How one messenger is spoken to: pure, so that it can be held against the vendor's words without a network.
protocol Messenger: Sendable {
    /// Where the browser goes.
    func address(of attempt: BrowserAttempt) -> String
    /// What the app itself gets a token by.
    func application() -> MessengerRequest
    /// The token, and for how many seconds it is good.
    func token(in answer: JSON) throws(ProviderFault) -> AppToken
    /// What is asked with a code.
    func begin(with code: String, of attempt: BrowserAttempt) -> MessengerRequest
    /// What is asked about somebody because rules go by it.
    func questions(about person: MessengerPerson, _ wants: MessengerWants) -> [MessengerQuestion]
}

extension MessengerSettings {
    /// How the vendor is spoken to; nil for one that speaks OpenID Connect.
    func messenger(with secret: String) -> (any Messenger)? {
        switch vendor {
        case .wecom: WeCom(settings: self, secret: secret)
        case .dingtalk: DingTalk(settings: self, secret: secret)
        case .feishu, .lark: Feishu(settings: self, secret: secret)
        case .slack: nil
        }
    }
}

/// What a messenger is asked next, or whom it has named.
enum MessengerTurn: Sendable {
    case ask(MessengerRequest)
    case found(MessengerPerson)
}

/// One question, and what its answer leads to.
struct MessengerRequest: Sendable {
    enum AppTokenPlace: Sendable {
        /// As `access_token`.
        case query
        case header
    }

    let step: ProviderStep.Name
    let url: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    /// Posted; otherwise the question is a GET.
    var body: JSON?
    /// Where the app's own token goes along.
    var appToken: AppTokenPlace?
    let read: @Sendable (JSON) throws(ProviderFault) -> MessengerTurn
}

extension JSON {
    /// Text or a number of an answer as text.
    func word(_ name: String) -> String? {
        switch self[name] {
        case .string(let text)? where !text.isEmpty: text
        case .int(let number)?: "\(number)"
        default: nil
        }
    }

    /// The object in an answer, if it says by this field that all is well.
    func checked(_ field: String, _ message: String, _ step: ProviderStep.Name) throws(ProviderFault) -> JSON {
        guard case .int(let code)? = self[field], code == 0 else {
            let words = [word(field) ?? "no \(field)", self[message]?.text ?? ""]
            throw ProviderFault(
                step: step, text: words.map(ProviderWeb.printable).joined(separator: ": "), isLie: true)
        }
        return self
    }

    func required(_ name: String, _ step: ProviderStep.Name) throws(ProviderFault) -> String {
        guard let text = word(name) else { throw ProviderFault(step: step, text: "there is no \(name)", isLie: true) }
        return text
    }
}
