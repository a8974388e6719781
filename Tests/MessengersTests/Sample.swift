import FoundationEssentials
import Kernel
import Outbound

@testable import Messengers

/// Cards to try vendors with.
enum Sample {
    static func card(reason: String = "Deploy", state: ApprovalCard.State = .open) -> ApprovalCard {
        ApprovalCard(
            ticket: TicketID.new(at: Date(timeIntervalSince1970: 1_800_000_000)), number: 7, kind: "access",
            requester: "Bob", facts: (0..<30).map { ApprovalFact("assets", ["web-\($0)"]) }, reason: reason,
            risk: "high",
            levels: [
                ApprovalLevel(
                    number: 1, name: "", isOpen: state == .open, seats: [], needsPasskey: false,
                    answers: state == .open
                        ? [] : [ApprovalAnswer(name: "Ann", onBehalfOf: nil, isApproval: state == .approved)])
            ], state: state, digest: "00ff", deadline: Date(timeIntervalSince1970: 1_800_000_600))
    }

    static func face(
        reason: String = "Deploy", mode: CardFace.Mode = .decide, state: ApprovalCard.State = .open,
        _ language: CardLanguage = .english
    ) -> CardFace {
        CardFace(
            card(reason: reason, state: state), mode: mode, language: language, reference: "ref.0",
            link: "https://acme.example.com/requests/tkt_1")
    }

    static func answer(_ json: JSON, status: Int = 200, headers: OutboundHeaders = OutboundHeaders()) -> VendorAnswer {
        VendorAnswer(
            status: status, headers: headers, body: json.bytes, at: Date(timeIntervalSince1970: 1_800_000_000))
    }
}
