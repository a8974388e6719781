import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// Microsoft Teams by the webhook of a workflow: cards go to one place, and nothing comes back. A card cannot be changed
/// any more; when a request is over, a second one says so.
struct Teams: Vendor {
    /// Where all cards go.
    static let room = "room"

    let settings: TeamsSettings
    let secrets: ChannelSecrets

    var room: String? { Self.room }

    func address(ofSubject subject: String) -> String? { nil }

    /// Nothing is approved on it.
    func showsAll(_ face: CardFace) -> Bool { false }

    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest {
        post(face)
    }

    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest { post(face) }

    /// Nothing is worth another card but another level, and the end.
    func isWorthAnUpdate(_ handle: JSON, to face: CardFace) -> Bool { handle["shown"]?.text != Self.shown(face) }

    private static func shown(_ face: CardFace) -> String {
        guard face.card.state == .open else { return face.card.state.rawValue }
        return face.card.levels.filter(\.isOpen).map { "\($0.number)" }.joined(separator: " ")
    }

    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? {
        post(TeamsCard.notice(note, CardText(CardLanguage(tag: settings.language))), shown: "")
    }

    private func post(_ face: CardFace) -> VendorRequest {
        let face = CardFace(
            face.card, mode: face.mode, language: CardLanguage(tag: settings.language), reference: "", link: face.link)
        return post(TeamsCard(face).message, shown: Self.shown(face))
    }

    private func post(_ message: JSON, shown: String) -> VendorRequest {
        VendorRequest(.post, secrets[.webhookUrl], json: message) { answer throws(VendorFault) in
            if 200..<300 ~= answer.status { return .sent(["shown": .string(shown)]) }
            // What the workflow answers may repeat its address, which is a secret.
            let text = "status \(answer.status)"
            if answer.status == 429 {
                throw VendorFault(.rest(answer.pause), text)
            }
            throw VendorFault(answer.status >= 500 || answer.status == 408 ? .again : .refused, text)
        }
    }

    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback { throw .unsigned }

    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply {
        .empty
    }
}
