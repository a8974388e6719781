import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel
import SSH

// Asking for access at the terminal, and being let in once it is approved.
extension ChannelSession {
    /// What is shown of requests now.
    var text: RequestText { RequestText(speech: speech, columns: columns, now: Date()) }

    /// Whoever was refused may ask for the smallest thing that opens the way, or wait for what they have asked for already.
    /// True once it is approved.
    func askInstead(of refused: SessionRefused) async -> Bool {
        guard start.terminal != nil, let hint = refused.request else { return false }
        if let open = hint.open {
            let answer = await ask(
                speech("w and Enter to wait for it, Enter to leave: ", "输入 w 等待审批，Enter 离开："),
                within: Self.patience)
            guard answer?.trimmed == "w" else { return false }
            return await wait(for: open.ticket, number: open.number)?.state == "approved"
        }
        guard let wish = hint.wish else { return false }
        let answer = await ask(
            speech("r and Enter to ask for it now, Enter to leave: ", "输入 r 立即申请，Enter 离开："), within: Self.patience)
        guard answer?.trimmed == "r", let card = await send(wish) else { return false }
        return await settle(card)?.state == "approved"
    }

    /// A program at a terminal of its own reads no questions.
    private static let patience = Duration.seconds(120)

    /// Asks for something that is looked for first.
    func askFromMenu() async {
        guard let chosen = await choose() else { return }
        let wish = RequestWish(asset: chosen.asset, name: chosen.name, account: nil, durationSeconds: 3600)
        guard let card = await send(wish), let end = await settle(card), end.state == "approved" else { return }
        await connect(by: end)
    }

    // MARK: What is asked for

    private func choose() async -> RequestableTarget? {
        var words = ""
        var page = 0
        while !channel.hasPeerClosed {
            let found: RequestablePage
            do throws(ControlPlaneError) {
                found = try await core.controlPlane.requests.requestable(
                    RequestableQuestion(admission: admitted.admission, words: words, page: page))
            } catch {
                sayBusy(error)
                return nil
            }
            say(list(found, words, page))
            let prompt = speech(
                "What do you need? A number, words to search, n for more, Enter to leave: ",
                "需要什么？输入编号，搜索文字，n 下一页，Enter 离开：")
            guard let line = await ask(prompt)?.trimmed, !line.isEmpty else { return nil }
            if line == "n" {
                page = found.hasMore ? page + 1 : 0
            } else if let number = Int(line) {
                if found.items.indices.contains(number - 1) { return found.items[number - 1] }
                say(speech("There is no number \(number) here.\n", "这里没有编号 \(number)。\n"))
            } else {
                (words, page) = (String(Texts.line(line).prefix(100)), 0)
            }
        }
        return nil
    }

    private func list(_ found: RequestablePage, _ words: String, _ page: Int) -> String {
        guard !found.items.isEmpty else {
            return speech("Nothing that you may ask for matches “\(words)”.\n", "没有匹配“\(words)”的可申请资产。\n")
        }
        let width = columns - 1
        return found.items.enumerated().map { index, item in
            DisplayWidth.fit(
                " \(index + 1)  \(Texts.line(item.name))  \(Texts.line(item.platform))", max(20, width)
            ).droppingTrailingSpaces + "\n"
        }.joined() + (found.hasMore ? speech("  and more\n", "  还有更多\n") : "")
    }

    /// Asks for the rest, shows the way that it would go, and sends it. Nil if it was not sent.
    private func send(_ wish: RequestWish) async -> RequestCard? {
        guard let account = await account(wish), let seconds = await length(), let reason = await reason() else {
            return nil
        }
        let whole = RequestWish(
            asset: wish.asset, name: wish.name, account: account, durationSeconds: seconds)
        let answer: RequestAnswer
        do throws(ControlPlaneError) {
            let way = try await core.controlPlane.requests.path(
                RequestPathQuestion(admission: admitted.admission, wish: whole))
            switch way {
            case .refused(let refused):
                say(text.refused(refused))
                return nil
            case .path(let path):
                say(
                    text.wrap("\(Texts.line(account))@\(Texts.line(wish.name)), \(speech.length(seconds))")
                        + text.path(path))
            }
            let sure = await ask(speech("Send it? (y/n) ", "发送申请？(y/n) "))?.trimmed.lowercased()
            guard sure == "y" || sure == "yes" else {
                say(speech("Nothing was sent.\n", "未发送。\n"))
                return nil
            }
            answer = try await core.controlPlane.requests.ask(
                NewRequest(admission: admitted.admission, wish: whole, reason: reason))
        } catch {
            sayBusy(error)
            return nil
        }
        switch answer {
        case .refused(let refused):
            say(text.refused(refused))
            return nil
        case .shown(let card): return card
        }
    }

    private func account(_ wish: RequestWish) async -> String? {
        if let account = wish.account { return account }
        let line = await ask(
            speech("Account on \(Texts.line(wish.name)): ", "\(Texts.line(wish.name)) 上的账号："))
        guard let line = line.map({ Texts.line($0).trimmed }), !line.isEmpty, line.utf8.count <= 255 else { return nil }
        return line
    }

    private func length() async -> Int? {
        while let line = await ask(speech("How long (30m, 8h, 7d) [1h]: ", "时长（30m、8h、7d）[1h]："))?.trimmed {
            if line.isEmpty { return 3600 }
            if let seconds = Speech.seconds(line) { return seconds }
            say(speech("A number and a unit, of a minute to thirty days.\n", "数字加单位，一分钟到三十天。\n"))
        }
        return nil
    }

    private func reason() async -> String? {
        let line = await ask(speech("Why (the approvers read it): ", "理由（审批人可见）："))
        guard let line = line.map({ Texts.line($0).trimmed }), !line.isEmpty else {
            say(speech("Nothing was sent.\n", "未发送。\n"))
            return nil
        }
        return line
    }

    // MARK: Waiting

    /// What has become of a request that was just sent.
    private func settle(_ card: RequestCard) async -> RequestCard? {
        guard card.isOpen else {
            sayEnd(of: card)
            return card
        }
        say(text.card(card))
        return await wait(for: card.ticket, number: card.number)
    }

    /// Waits until a request is decided: the control plane says when, and is asked now and then in case that got lost. Nil if
    /// the person leaves first; the request stays open then.
    func wait(for ticket: TicketID, number: Int) async -> RequestCard? {
        say(
            text.wrap(
                speech(
                    "Waiting for #\(number). You are let in once it is approved; q leaves, and the request stays.",
                    "正在等待 #\(number)，批准后自动继续；按 q 离开，申请会保留。")))
        let call = DecisionCall()
        let bound = LoopBound(activity, on: loop)
        let id = core.waits.add(ticket) {
            call.ring()
            bound.loop.post { bound.value.fire() }
        }
        defer { core.waits.remove(id, of: ticket) }
        var level: Int?
        while !channel.hasPeerClosed {
            let pause: Duration
            do throws(ControlPlaneError) {
                let answer = try await core.controlPlane.requests.show(
                    RequestQuestion(admission: admitted.admission, ticket: ticket))
                switch answer {
                case .refused(let refused):
                    say(text.refused(refused))
                    return nil
                case .shown(let card):
                    guard card.isOpen else {
                        sayEnd(of: card)
                        return card
                    }
                    let now = card.levels.firstIndex(where: \.isOpen)
                    if let level, let now, now != level { say(text.card(card)) }
                    level = now
                }
                pause = core.waits.pause
            } catch {
                guard error.isTransient else {
                    sayBusy(error)
                    return nil
                }
                pause = Self.shortest
            }
            if await isLeaving(before: pause, unless: call) { return nil }
        }
        return nil
    }

    /// After what kept the control plane from answering.
    private static let shortest = Duration.seconds(10)

    /// Waits for a time or a call. True if the person leaves.
    private func isLeaving(before pause: Duration, unless call: DecisionCall) async -> Bool {
        let end = ContinuousClock.now + pause
        let timer = loop.after(pause) { [activity] in activity.fire() }
        defer { timer.cancel() }
        while !call.take(), ContinuousClock.now < end {
            takeResizes()
            let typed = channel.read(.data)
            if typed.contains(where: { [0x03, 0x04, UInt8(ascii: "q"), UInt8(ascii: "Q")].contains($0) }) {
                say(speech("The request stays open.\n", "申请保持待审批。\n"))
                return true
            }
            if channel.hasPeerEnded || channel.hasPeerClosed { return true }
            await activity.wait()
        }
        return false
    }

    private func sayEnd(of card: RequestCard) {
        let last = card.levels.flatMap(\.answers).max { $0.at < $1.at }
        let who = last.map { speech(" by \(Texts.line($0.name))", "（\(Texts.line($0.name))）") } ?? ""
        let comment = last.map(\.comment).flatMap { $0.isEmpty ? nil : ": \(Texts.line($0))" } ?? ""
        say(text.wrap("#\(card.number): \(text.state(card.state))\(who)\(comment)"))
    }

    func sayBusy(_ error: ControlPlaneError) {
        say(
            speech(
                "Gatehouse: that is not possible at the moment: \(Texts.line("\(error)"))\n",
                "Gatehouse：暂时无法完成：\(Texts.line("\(error)"))\n"))
    }
}
