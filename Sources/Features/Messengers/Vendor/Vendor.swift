import FoundationEssentials
import HTTPAPI
package import HTTPTypes
import Kernel
import Outbound

/// How one vendor is spoken to, with the settings and secrets of one channel. Pure, so that it can be held against the
/// vendor's words without a network: what is sent is a value, and so is what comes back.
///
/// One folder for each vendor; a new one is a case of `ChannelVendor` and `ChannelSettings`.
protocol Vendor: Sendable {
    /// What the app gets a token by; nil if its secret is the token.
    func token() -> VendorRequest?

    /// The vendor's address of somebody whom a sign-in provider knows by this subject; nil if it is somebody of another
    /// company.
    func address(ofSubject subject: String) -> String?
    /// Asks whose mail address it is; ends in `.address`. Nil if the vendor cannot say.
    func lookUp(email: String) -> VendorRequest?

    /// Whether words can go with an answer on a card, or in a form that one opens.
    var takesWords: Bool { get }
    /// Whether a card of this vendor has room for every value of every fact, and for the reason.
    func showsAll(_ face: CardFace) -> Bool
    /// Sends a card; ends in `.sent`. `once` is the same for a repeat of the same card, for vendors who mind.
    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest
    /// Whether there is something to show anew, for vendors with whom that costs something.
    func isWorthAnUpdate(_ handle: JSON, to face: CardFace) -> Bool
    /// Shows a card anew; ends in `.sent` with the handle from now on, or `.done` if it stays.
    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest

    /// Sends news that take no answer; ends in `.sent`. Nil if the vendor cannot be asked to tell one person something.
    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest?

    /// Checks what has called us, and reads it.
    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback
    /// What a click is answered with. `face` is the card from now on, nil for somebody who may not see it.
    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply
    /// What is sent besides, before the answer: a note to who has clicked, or a form. It may fail.
    func aside(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?) -> VendorRequest?

    /// The address of the one place where all see the same card; nil for vendors by whom each person is asked.
    var room: String? { get }
    /// How clicks are told over a connection that we open; nil where the vendor calls us.
    var stream: (any ClickStream)? { get }
    /// Has the vendor call this address; nil where that is said at the vendor.
    func register(callback: String) -> VendorRequest?
}

extension Vendor {
    var takesWords: Bool { false }
    var room: String? { nil }
    var stream: (any ClickStream)? { nil }
    func register(callback: String) -> VendorRequest? { nil }
    func isWorthAnUpdate(_ handle: JSON, to face: CardFace) -> Bool { true }
    func token() -> VendorRequest? { nil }
    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? { nil }
    func lookUp(email: String) -> VendorRequest? { nil }
    func aside(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?) -> VendorRequest? { nil }
}

extension AppToken {
    /// The token in an answer; one without an end is refused.
    static func read(_ text: JSON?, lasting: JSON?) throws(VendorFault) -> AppToken {
        guard let text = text?.text, let token = AppToken(text, lasting: lasting) else {
            throw VendorFault(.again, "The vendor's token has no end.")
        }
        return token
    }
}

/// People as sign-in knows them: their company there, a slash, and what the company knows them by.
enum CompanySubject {
    /// Nil for those of another company, and for nobody.
    static func id(_ subject: String, at company: String) -> String? {
        let prefix = company + "/"
        guard subject.hasPrefix(prefix), subject.utf8.count > prefix.utf8.count else { return nil }
        return String(subject.dropFirst(prefix.count))
    }
}

/// One question to a vendor, and what its answer leads to.
struct VendorRequest: Sendable {
    /// Where the app's own token goes.
    enum TokenPlace: Sendable {
        case nowhere
        case header(String, prefix: String)
        case query(String)
    }

    var method: OutboundRequest.Method = .post
    let url: String
    var headers: [(name: String, value: String)] = []
    /// Nil for a question without a body.
    var body: [UInt8]?
    var token: TokenPlace = .nowhere
    let read: @Sendable (VendorAnswer) throws(VendorFault) -> VendorTurn

    init(
        _ method: OutboundRequest.Method = .post, _ url: String, headers: [(name: String, value: String)] = [],
        json: JSON? = nil, token: TokenPlace = .nowhere,
        read: @escaping @Sendable (VendorAnswer) throws(VendorFault) -> VendorTurn
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.token = token
        self.read = read
        if let json {
            body = json.bytes
            self.headers.append(("Content-Type", "application/json; charset=utf-8"))
        }
    }
}

/// What a vendor has answered.
struct VendorAnswer: Sendable {
    let status: Int
    let headers: OutboundHeaders
    let body: [UInt8]
    /// When.
    let at: Date

    /// The pause that it asks for.
    var pause: TimeInterval? { RetryAfter.seconds(headers["Retry-After"], at: at) }

    /// The body as an object; empty if it is none.
    var json: JSON {
        guard let json = try? JSONParser.parse(body), case .object = json else { return [:] }
        return json
    }
}

/// What follows from an answer.
enum VendorTurn: Sendable {
    case ask(VendorRequest)
    case token(AppToken)
    /// Who it is; nil if nobody has the address.
    case address(String?)
    /// The handle by which the card is updated.
    case sent(JSON)
    /// Where a connection is opened to; it is a secret, and good once.
    case stream(String)
    case done
}

/// What a vendor says when it does not do what it is asked. The text is for administrators, and never has a secret.
struct VendorFault: Error, Equatable {
    enum Kind: Sendable, Equatable {
        /// Too much at once: nobody is sent anything by this channel until then.
        case rest(TimeInterval?)
        /// May go well another time.
        case again
        /// The token is good no more.
        case staleToken
        /// Never will.
        case refused
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(300))
    }
}

/// A request that claims to come from a vendor, as it came.
package struct RawCallback: Sendable {
    package let method: HTTPRequest.Method
    package let query: [(name: String, value: String)]
    package let headers: HTTPFields
    package let body: [UInt8]

    package init(
        method: HTTPRequest.Method, query: [(name: String, value: String)] = [], headers: HTTPFields = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A header that is there once.
    func header(_ name: String) -> String? {
        guard let name = HTTPField.Name(name) else { return nil }
        let fields = headers[fields: name]
        return fields.count == 1 ? fields.first?.value : nil
    }

    /// A parameter that is there once.
    func parameter(_ name: String) -> String? {
        let found = query.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }
}

/// Why a callback was not believed: for the log, and never for who called.
enum CallbackRefusal: Error, Equatable {
    case unreadable, unsigned, stale, foreign
}

/// What a vendor has called us for.
enum VendorCallback: Sendable {
    /// The vendor makes sure of the address, or tells what is of no interest: this is the answer.
    case answered(CallbackReply)
    case click(VendorClick)
}

/// Somebody has touched a card.
struct VendorClick: Sendable, Equatable {
    enum Choice: Sendable, Hashable {
        case approve, reject
        /// Wants to say something with the answer, or to see the card as it is now.
        case form, refresh
    }

    /// The same for the same click, however often it is told.
    let event: String
    /// Who it was, by the vendor's own word: as a sign-in provider knows them, and as cards are addressed.
    let subject: String?
    let address: String
    /// What the button carried.
    let reference: String
    let choice: Choice
    var comment = ""
    /// What the vendor wants back in the answer.
    var context: JSON = [:]
}

/// What became of a click.
enum ClickOutcome: Sendable, Hashable {
    case verdict(ApprovalVerdict, isApproval: Bool)
    /// The same click once more; nothing was done.
    case repeated
    /// Nobody here is known by who clicked.
    case unlinked
    /// There is no such card here.
    case unknown
    /// The form was asked for.
    case form
    /// It takes longer than the vendor waits, and goes on: the card shows what came of it.
    case underWay
    /// It was not begun, or came to nothing; it may be tried again.
    case busy
}
