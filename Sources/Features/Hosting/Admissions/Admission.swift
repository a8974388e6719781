import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions

/// A person in front of a gateway, as far as they have proven who they are. Pure.
struct Admission: Equatable {
    enum Stage: Equatable {
        /// Asked for a password and a code.
        case asked(tries: Int)
        /// Asked what an identity provider wants to know.
        case challenged(tries: Int)
        /// Has a link to go on with in a browser.
        case browser(tries: Int)
        /// Has proven who they are, and waits for the word of somebody else.
        case waiting(UserID, by: AdmissionWay, for: TicketID?)
        /// Key or password was right; asked for a code.
        case code(tries: Int, of: UserID, by: AdmissionWay)
        case admitted(UserID)
        case refused
    }

    /// After so many wrong answers the connection is of no use.
    static let mostTries = 3
    /// From one thing that the person does to the next.
    static let lifetime: TimeInterval = 300

    let id: AdmissionID
    let worker: WorkerID
    let connection: String
    let login: String
    let entrance: Entrance
    let clientAddress: String
    /// What a web terminal's token was made out for.
    var target: AdmittedTarget?
    var stage: Stage
    let createdAt: Date
    var expiresAt: Date

    func isOpen(at now: Date) -> Bool { now < expiresAt }

    /// Counts a try before it is made, so that many at once are not more than one after the other. False if none is left.
    mutating func take() -> Bool {
        guard hasTriesLeft else { return false }
        switch stage {
        case .asked(let tries): stage = .asked(tries: tries + 1)
        case .challenged(let tries): stage = .challenged(tries: tries + 1)
        case .code(let tries, let user, let way): stage = .code(tries: tries + 1, of: user, by: way)
        case .browser, .waiting, .admitted, .refused: return false
        }
        return true
    }

    /// The password was not wrong: its try comes back, and the next answer is for the provider, which bounds its own
    /// questions.
    mutating func challenge() {
        switch stage {
        case .asked(let tries), .challenged(let tries): stage = .challenged(tries: max(0, tries - 1))
        case .code, .browser, .waiting, .admitted, .refused: break
        }
    }

    /// Nothing was wrong so far, and more is asked by whoever bounds its own questions: the try comes back.
    mutating func goOn() {
        if case .code(let tries, let user, let way) = stage {
            stage = .code(tries: max(0, tries - 1), of: user, by: way)
        }
    }

    /// The password was not wrong: its try comes back, and the next answer is the code that was sent.
    mutating func send(to user: UserID) {
        switch stage {
        case .asked(let tries), .challenged(let tries):
            stage = .code(tries: max(0, tries - 1), of: user, by: .password)
        case .code, .browser, .waiting, .admitted, .refused: break
        }
    }

    /// Goes on with a browser. False for somebody who is asked something else by now.
    mutating func leave(at now: Date) -> Bool {
        guard case .asked(let tries) = stage, tries < Self.mostTries else { return false }
        stage = .browser(tries: tries)
        expiresAt = now + Self.lifetime
        return true
    }

    /// Begins again with the password, with the tries that are left.
    mutating func askAgain() {
        if case .challenged(let tries) = stage { stage = .asked(tries: tries) }
    }

    /// Whether the person may answer again.
    var hasTriesLeft: Bool {
        switch stage {
        case .asked(let tries), .challenged(let tries), .code(let tries, _, _): tries < Self.mostTries
        case .browser, .waiting, .admitted, .refused: false
        }
    }

    mutating func wait(_ user: UserID, by way: AdmissionWay, for ticket: TicketID, until end: Date) {
        stage = .waiting(user, by: way, for: ticket)
        expiresAt = end
    }

    mutating func admit(_ user: UserID, at now: Date) {
        stage = .admitted(user)
        expiresAt = now + Self.lifetime
    }
}

extension GatewayVisitor {
    /// The person behind an admission, on the way to what it was made for.
    init(_ admission: Admission, _ user: UserID, asset: AssetID? = nil) {
        self.init(
            clientAddress: admission.clientAddress, asset: asset ?? admission.target?.asset, seed: user.text)
    }
}
