import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel
import SSH

// Looking at requests at the terminal, and answering those that wait for one.
extension ChannelSession {
    /// Lists requests and shows what is chosen, until the person goes back.
    func browse(_ view: RequestView) async {
        while !channel.hasPeerClosed {
            let found: RequestList
            do throws(ControlPlaneError) {
                found = try await core.controlPlane.requests.list(
                    RequestListQuestion(admission: admitted.admission, view: view))
            } catch {
                return sayBusy(error)
            }
            guard !found.items.isEmpty else {
                return say(
                    view == .mine
                        ? speech("You have not asked for anything. Type r to ask.\n", "您还没有申请。输入 r 申请。\n")
                        : speech("Nothing waits for your decision.\n", "没有等待您审批的申请。\n"))
            }
            for (index, card) in found.items.enumerated() { say(text.row(card, number: index + 1)) }
            if found.hasMore {
                say(text.wrap(speech("More are in the portal: ", "更多请见门户：") + Texts.line(admitted.portal)))
            }
            let prompt = speech("A number to look at it, Enter to go back: ", "输入编号查看，Enter 返回：")
            guard let line = await ask(prompt)?.trimmed, !line.isEmpty else { return }
            // The number of the line, or the number by which everybody calls the request.
            let chosen =
                line.hasPrefix("#")
                ? found.items.first { "#\($0.number)" == line }
                : Int(line).flatMap { found.items.indices.contains($0 - 1) ? found.items[$0 - 1] : nil }
            guard let chosen else {
                say(speech("There is no \(Texts.line(line)) here.\n", "这里没有 \(Texts.line(line))。\n"))
                continue
            }
            await look(at: chosen)
        }
    }

    private func look(at card: RequestCard) async {
        guard await read(text.card(card)) else { return }
        if card.mayDecide { return await decide(card) }
        guard card.isOwn, card.isOpen else { return }
        let answer = await ask(
            speech(
                "w to wait for it, x to take it back, Enter to go back: ", "输入 w 等待审批，x 撤回，Enter 返回："))
        switch answer?.trimmed {
        case "w":
            guard let end = await wait(for: card.ticket, number: card.number), end.state == "approved" else { return }
            await connect(by: end)
        case "x":
            await settle { [core, admitted] () async throws(ControlPlaneError) in
                try await core.controlPlane.requests.withdraw(
                    RequestQuestion(admission: admitted.admission, ticket: card.ticket))
            }
        default: return
        }
    }

    /// Shows text screen by screen, so that nothing scrolls past unread. False for who goes back before its end.
    private func read(_ text: String) async -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let screen = max(10, (start.terminal?.size.rows ?? 24) - 2)
        guard lines.count > screen else {
            say(text)
            return true
        }
        for first in stride(from: 0, to: lines.count, by: screen) {
            let page = lines[first..<min(first + screen, lines.count)]
            say(page.joined(separator: "\n"))
            guard first + screen < lines.count else { return true }
            let prompt = speech("\nEnter for the rest, q to go back: ", "\n按 Enter 继续，q 返回：")
            guard let answer = await ask(prompt)?.trimmed, answer != "q" else { return false }
        }
        return true
    }

    /// Opens what was approved, if it is one thing.
    func connect(by card: RequestCard) async {
        func only(_ label: String) -> String? {
            let values = card.facts.first { $0.label == label }?.values ?? []
            return values.count == 1 ? values[0] : nil
        }
        guard ["access", "break-glass"].contains(card.kind), let asset = only("assets"), let account = only("accounts")
        else { return }
        _ = await open(SessionTarget(account: account, asset: asset), named: "\(account)@\(asset)")
    }

    /// Takes an answer to exactly what was shown.
    private func decide(_ card: RequestCard) async {
        let isForPortal = card.needsPasskey
        if isForPortal {
            say(
                text.wrap(
                    speech(
                        "Approving this takes a tap on your passkey, which works in the portal only:",
                        "批准此申请需要通行密钥，只能在门户中完成："))
                    + text.wrap(Texts.line(card.url), first: "  ", indent: 2))
        }
        let prompt =
            isForPortal
            ? speech("r to reject, Enter to go back: ", "输入 r 拒绝，Enter 返回：")
            : speech("a to approve, r to reject, Enter to go back: ", "输入 a 批准，r 拒绝，Enter 返回：")
        let answer = await ask(prompt)?.trimmed
        guard answer == "r" || (answer == "a" && !isForPortal) else { return }
        let isApproval = answer == "a"
        let isNeeded = isApproval ? card.approvalNeedsComment : card.refusalNeedsComment
        let remark =
            isNeeded
            ? speech("Why (this level asks for it): ", "理由（此级审批必填）：")
            : speech("A remark (Enter for none): ", "备注（可留空）：")
        guard let comment = await ask(remark), !isNeeded || !Texts.line(comment).trimmed.isEmpty else {
            return say(speech("Nothing was decided.\n", "未作决定。\n"))
        }
        var code: PassedSecret?
        if isApproval {
            guard let typed = await ask(speech("Code of your authenticator: ", "身份验证器代码：")), !typed.isEmpty
            else { return say(speech("Nothing was decided.\n", "未作决定。\n")) }
            code = PassedSecret(typed)
        }
        let decision = RequestDecision(
            admission: admitted.admission, ticket: card.ticket, isApproval: isApproval,
            comment: Texts.line(comment).trimmed, digest: card.digest, code: code)
        await settle { [core] () async throws(ControlPlaneError) in
            try await core.controlPlane.requests.decide(decision)
        }
    }

    private func settle(_ work: () async throws(ControlPlaneError) -> RequestAnswer) async {
        do throws(ControlPlaneError) {
            switch try await work() {
            case .shown(let card): say(text.card(card))
            case .refused(let refused): say(text.refused(refused))
            }
        } catch {
            sayBusy(error)
        }
    }
}
