import HTTPAPI
import Kernel
import Outbound

/// One vendor's words over a connection that we have opened to it: frames in, what to do out. No network, no clock; so it is
/// held against recorded frames, and what is hostile ends it.
protocol ClickStream: Sendable {
    /// Asks where to connect to; ends in `.stream`.
    func open() -> VendorRequest
    /// Whether the connection is in use as soon as it stands, or when the vendor says so.
    var isReadyAtOnce: Bool { get }
    /// It stands, by the address that the vendor has said.
    mutating func connected(to address: String)
    mutating func receive(_ message: StreamMessage, at now: ContinuousClock.Instant) throws(StreamFault) -> [StreamStep]
    /// Tells the vendor that a call has come, with what it was answered after that time.
    func answer(_ call: StreamCall, with reply: CallbackReply, after time: Duration) -> StreamMessage
    /// What the vendor wants to hear now and then, besides what WebSockets have for that.
    var sign: StreamMessage? { get }
}

extension ClickStream {
    mutating func connected(to address: String) {}
    var sign: StreamMessage? { nil }
}

/// What comes over a connection, or goes there.
enum StreamMessage: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
}

/// A vendor whose frames are texts, of which each stands for itself.
protocol TextStream: ClickStream {
    func receive(_ text: String) throws(StreamFault) -> [StreamStep]
    func acknowledge(_ call: StreamCall, with reply: CallbackReply) -> String
}

extension TextStream {
    func receive(_ message: StreamMessage, at now: ContinuousClock.Instant) throws(StreamFault) -> [StreamStep] {
        guard case .text(let text) = message else { return [] }
        return try receive(text)
    }

    func answer(_ call: StreamCall, with reply: CallbackReply, after time: Duration) -> StreamMessage {
        .text(acknowledge(call, with: reply))
    }
}

/// What follows from a frame.
enum StreamStep: Sendable, Equatable {
    case send(String)
    /// The vendor sends its calls here from now on.
    case ready
    case call(StreamCall)
    /// How often the vendor wants its sign of life from now on.
    case pace(Duration)
    /// The vendor is about to close: another connection is opened while this one says what it has left.
    case leave
}

/// A call of the vendor's, which wants to be acknowledged.
struct StreamCall: Sendable, Equatable {
    let id: String
    /// Nil for one that is none of a card, or not of this app and company.
    let click: VendorClick?
    /// Whether something may be said in the answer.
    var takesReply = true
    /// What the vendor wants back.
    var context: [UInt8] = []
}

/// Why a connection has ended, or has not come about: for administrators, and without secrets.
struct StreamFault: Error, Sendable, Equatable {
    let problem: ChannelConnection.Problem
    let text: String
    /// How long the vendor wants to be left alone.
    var pause: Double?

    init(_ problem: ChannelConnection.Problem, _ text: String, pause: Double? = nil) {
        self.problem = problem
        self.text = VendorFault(.again, text).text
        self.pause = pause
    }
}

/// How many frames a vendor may send: a flood ends the connection.
struct FrameRate: Sendable {
    private static let burst = 200.0
    private static let ofSecond = 20.0

    private var left = burst
    private var last: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) { last = now }

    mutating func count(at now: ContinuousClock.Instant) throws(StreamFault) {
        left = min(Self.burst, left + (now - last) / .seconds(1) * Self.ofSecond)
        last = now
        left -= 1
        guard left >= 0 else { throw StreamFault(.broken, "The vendor sends too much at once.") }
    }
}

/// The address of a connection that a vendor has named, if it may be connected to. What comes over it decides, and nothing of
/// it is signed: it is the vendor's because of TLS alone, and so is the word where to connect to. In clear it is taken from
/// this very machine only, by its address.
enum StreamAddress {
    static let longest = 4096

    static func isGood(_ text: String, of api: String) -> Bool {
        guard text.utf8.count <= longest, isProtected(api), let url = try? OutboundURL(webSocket: text) else {
            return false
        }
        return url.isSecure || isHere(url) && !api.hasPrefix("https://")
    }

    /// Whether what is told over a connection that is opened by this address can be the vendor's alone.
    static func isProtected(_ api: String) -> Bool {
        guard let url = try? OutboundURL(api) else { return false }
        return url.isSecure || isHere(url)
    }

    private static func isHere(_ url: OutboundURL) -> Bool {
        ["127.0.0.1", "::1", "[::1]"].contains(url.destination.host)
    }
}
