import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Synchronization

/// Requests in memory, as a control plane has them.
struct FakeDesk {
    var targets: [RequestableTarget] = []
    var actions: [RequestWord] = []
    var emergency: EmergencyOffer?
    var taken: [NewEmergency] = []
    var path = RequestPathAnswer.path(
        RequestPath(
            flow: "Standard", risk: "medium", approvesItself: false, isParallel: false,
            levels: [
                .init(name: "Team lead", quorum: 1, people: ["Bo"], more: 0, needsPasskey: false, latest: Date() + 7300)
            ]))
    var mine: [RequestCard] = []
    var inbox: [RequestCard] = []
    var asked: [NewRequest] = []
    var decisions: [RequestDecision] = []
    var withdrawn: [TicketID] = []
    /// How often somebody asked how a request stands.
    var looks = 0

    static func card(
        _ number: Int, kind: String = "access", requester: String = "Lin Chen", isOwn: Bool = false,
        mayDecide: Bool = false, facts: [RequestFact]? = nil,
        reason: String = "disk alarm", state: String = "open", needsPasskey: Bool = false,
        needsComment: Bool = false, answers: [RequestLevelAnswer] = [], ticket: TicketID = .new()
    ) -> RequestCard {
        RequestCard(
            ticket: ticket, number: number, kind: kind, requester: requester, isOwn: isOwn,
            facts: facts ?? [
                RequestFact(label: "assets", values: ["web-1"]), RequestFact(label: "accounts", values: ["deploy"]),
                RequestFact(label: "duration", values: ["1800"], form: .seconds),
            ], reason: reason, risk: "medium", state: state,
            levels: [
                RequestLevel(
                    name: "Team lead", quorum: 1, isOpen: state == "open", isPassed: state == "approved",
                    needsPasskey: needsPasskey, deadline: Date() + 7300, people: ["Bo"], more: 0, answers: answers)
            ], deadline: Date() + 7300, createdAt: Date(), digest: String(repeating: "d", count: 64),
            mayDecide: mayDecide, needsPasskey: needsPasskey,
            approvalNeedsComment: needsComment, refusalNeedsComment: needsComment,
            url: "https://acme.example/requests/\(ticket.text)")
    }

    private mutating func change(_ ticket: TicketID, _ state: String, by name: String, _ comment: String = "") {
        for list in [\FakeDesk.mine, \FakeDesk.inbox] {
            self[keyPath: list] = self[keyPath: list].map { card in
                guard card.ticket == ticket else { return card }
                return Self.card(
                    card.number, requester: card.requester, isOwn: card.isOwn, facts: card.facts, reason: card.reason,
                    state: state,
                    answers: name.isEmpty
                        ? []
                        : [
                            .init(
                                name: name, onBehalfOf: nil, isApproval: state == "approved", comment: comment,
                                at: Date())
                        ], ticket: ticket)
            }
        }
    }

    mutating func approve(_ ticket: TicketID) { change(ticket, "approved", by: "Bo", "go ahead") }
    mutating func reject(_ ticket: TicketID) { change(ticket, "rejected", by: "Bo", "not\u{1B}[2J today") }

    fileprivate mutating func answer(_ decision: RequestDecision, code: String) -> RequestAnswer {
        decisions.append(decision)
        if decision.isApproval, decision.code?.reveal() != code {
            return .refused(RequestRefused(code: "code-refused", text: "The code was not right."))
        }
        change(decision.ticket, decision.isApproval ? "approved" : "rejected", by: "Lin Chen", decision.comment)
        return show(decision.ticket)
    }

    fileprivate mutating func take(_ taken: NewEmergency, code: String) -> RequestAnswer {
        self.taken.append(taken)
        guard taken.code.reveal() == code else {
            return .refused(RequestRefused(code: "code-refused", text: "The code was not right."))
        }
        let card = Self.card(
            13, kind: "break-glass", isOwn: true,
            facts: [
                RequestFact(label: "assets", values: [taken.wish.name]),
                RequestFact(label: "accounts", values: [taken.wish.account ?? ""]),
            ], reason: taken.reason)
        mine.insert(card, at: 0)
        return .shown(card)
    }

    fileprivate func show(_ ticket: TicketID) -> RequestAnswer {
        (mine + inbox).first { $0.ticket == ticket }.map { .shown($0) }
            ?? .refused(RequestRefused(code: "not-found", text: "There is no such request."))
    }

    fileprivate mutating func withdraw(_ ticket: TicketID) -> RequestAnswer {
        withdrawn.append(ticket)
        change(ticket, "withdrawn", by: "")
        return show(ticket)
    }
}

extension FakeControlPlane {
    func requestCalls() -> RequestCalls {
        RequestCalls(
            requestable: { question throws(ControlPlaneError) in
                try self.check()
                return self.state.withLock { state in
                    let found = state.desk.targets.filter { question.words.isEmpty || $0.name.contains(question.words) }
                    return RequestablePage(items: found, hasMore: false, actions: state.desk.actions)
                }
            },
            path: { _ throws(ControlPlaneError) in self.state.withLock { $0.desk.path } },
            ask: { request throws(ControlPlaneError) in
                self.state.withLock { state in
                    state.desk.asked.append(request)
                    let card = FakeDesk.card(
                        12, isOwn: true,
                        facts: [
                            RequestFact(label: "assets", values: [request.wish.name]),
                            RequestFact(label: "accounts", values: [request.wish.account ?? ""]),
                        ], reason: request.reason)
                    state.desk.mine.insert(card, at: 0)
                    return .shown(card)
                }
            },
            list: { question throws(ControlPlaneError) in
                self.state.withLock {
                    RequestList(items: question.view == .mine ? $0.desk.mine : $0.desk.inbox, hasMore: false)
                }
            },
            show: { question throws(ControlPlaneError) in
                try self.check()
                return self.state.withLock { state in
                    state.desk.looks += 1
                    return state.desk.show(question.ticket)
                }
            },
            decide: { decision throws(ControlPlaneError) in
                self.state.withLock { $0.desk.answer(decision, code: $0.code) }
            },
            withdraw: { question throws(ControlPlaneError) in
                self.state.withLock { $0.desk.withdraw(question.ticket) }
            },
            emergency: { _ throws(ControlPlaneError) in
                self.state.withLock { state in
                    state.desk.emergency.map { .offered($0) }
                        ?? .refused(RequestRefused(code: "break-glass-refused", text: "No rule gives you that."))
                }
            },
            takeEmergency: { taken throws(ControlPlaneError) in
                self.state.withLock { $0.desk.take(taken, code: $0.code) }
            })
    }
}
