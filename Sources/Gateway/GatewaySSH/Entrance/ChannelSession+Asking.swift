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
        let emergency = hint.emergency == nil ? "" : speech("b for emergency access, ", "b 紧急访问，")
        if let open = hint.open {
            let answer = await ask(
                speech("w and Enter to wait for it, \(emergency)Enter to leave: ", "输入 w 等待审批，\(emergency)Enter 离开："),
                within: Self.patience)?.trimmed
            if answer == "b", let offer = hint.emergency, let wish = hint.wish {
                return await takeEmergency(wish, offer) != nil
            }
            guard answer == "w" else { return false }
            return await wait(for: open.ticket, number: open.number)?.state == "approved"
        }
        guard let wish = hint.wish else { return false }
        let answer = await ask(
            speech(
                "r and Enter to ask for it now, \(emergency)Enter to leave: ", "输入 r 立即申请，\(emergency)Enter 离开："),
            within: Self.patience)?.trimmed
        if answer == "b", let offer = hint.emergency { return await takeEmergency(wish, offer) != nil }
        guard answer == "r", let card = await send(wish, hint.actions) else { return false }
        return await settle(card)?.state == "approved"
    }

    /// A program at a terminal of its own reads no questions.
    private static let patience = Duration.seconds(120)

    /// Asks for something that is looked for first.
    func askFromMenu() async {
        guard let (wish, actions) = await choose() else { return }
        guard let card = await send(wish, actions), let end = await settle(card), end.state == "approved" else {
            return
        }
        await connect(by: end)
    }

    // MARK: What is asked for

    /// Something to ask for, and what may be done there besides connecting.
    func choose() async -> (wish: RequestWish, actions: [RequestWord])? {
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
                if found.items.indices.contains(number - 1) {
                    let item = found.items[number - 1]
                    let wish = RequestWish(asset: item.asset, name: item.name, account: nil, durationSeconds: 3600)
                    return (wish, found.actions)
                }
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
    private func send(_ wish: RequestWish, _ words: [RequestWord]) async -> RequestCard? {
        guard let whole = await completed(wish, words, most: Speech.longest),
            let reason = await reason(speech("Why (the approvers read it): ", "理由（审批人可见）："))
        else { return nil }
        let answer: RequestAnswer
        do throws(ControlPlaneError) {
            let way = try await core.controlPlane.requests.path(
                RequestPathQuestion(admission: admitted.admission, wish: whole))
            switch way {
            case .refused(let refused):
                say(text.refused(refused))
                return nil
            case .path(let path):
                say(text.wrap(told(whole, words)) + text.path(path))
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

    private func length(most: Int) async -> Int? {
        let usual = min(3600, most)
        let short = usual == 3600 ? "1h" : "\(usual / 60)m"
        let examples = most < 28_800 ? "30m" : most < 604_800 ? "30m, 8h" : "30m, 8h, 7d"
        let prompt = speech(
            "How long (\(examples)) [\(short)]: ", "时长（\(examples.replacing(", ", with: "、"))）[\(short)]：")
        while let line = await ask(prompt)?.trimmed {
            if line.isEmpty { return usual }
            if let seconds = Speech.seconds(line), seconds <= most { return seconds }
            let longest = speech.length(most)
            say(
                most == Speech.longest
                    ? speech("A number and a unit, of a minute to thirty days.\n", "数字加单位，一分钟到三十天。\n")
                    : speech("A number and a unit, \(longest) at most.\n", "数字加单位，最长 \(longest)。\n"))
        }
        return nil
    }

    /// What is to be done there besides connecting: numbers of a list, or nothing more.
    private func actions(of words: [RequestWord]) async -> [String]? {
        guard !words.isEmpty else { return [] }
        let list = words.enumerated().map { "\($0 + 1) \(name($1))" }
        say(
            text.wrap(
                speech(
                    "Besides connecting: \(list.joined(separator: ", "))", "除连接外：\(list.joined(separator: "，"))")))
        let prompt = speech("What else (numbers, Enter for nothing): ", "还需要（编号，Enter 表示不需要）：")
        while let line = await ask(prompt) {
            let typed = Texts.line(line).split { " ,，、".contains($0) }.map(String.init)
            let chosen = typed.map { word in
                Int(word).map { words.indices.contains($0 - 1) ? words[$0 - 1] : nil }
                    ?? words.first { $0.value == word.lowercased() || name($0) == word }
            }
            if let wrong = zip(typed, chosen).first(where: { $1 == nil })?.0 {
                say(text.wrap(speech("There is no \(wrong) here.", "这里没有 \(wrong)。")))
                continue
            }
            return words.filter { chosen.contains($0) }.map(\.value)
        }
        return nil
    }

    private func name(_ word: RequestWord) -> String { Texts.line(speech(word.name.english, word.name.chinese)) }

    /// All that a wish has to say.
    func completed(_ begun: RequestWish, _ words: [RequestWord], most: Int) async -> RequestWish? {
        guard let account = await account(begun), let actions = await actions(of: words),
            let seconds = await length(most: most)
        else { return nil }
        return RequestWish(
            asset: begun.asset, name: begun.name, account: account, actions: actions, durationSeconds: seconds)
    }

    /// What somebody is about to send.
    func told(_ wish: RequestWish, _ words: [RequestWord]) -> String {
        let more = words.filter { wish.actions.contains($0.value) }.map(name)
        return
            (["\(Texts.line(wish.account ?? ""))@\(Texts.line(wish.name))"] + more + [
                speech.length(wish.durationSeconds)
            ])
            .joined(separator: speech(", ", "，"))
    }

    func reason(_ prompt: String) async -> String? {
        let line = await ask(prompt)
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
        let call = DecisionCall()
        let bound = LoopBound(activity, on: loop)
        let place = core.waits.add(.request(ticket), of: login.tenant) {
            call.ring()
            bound.loop.post { bound.value.fire() }
        }
        guard let place else {
            say(
                text.wrap(
                    speech(
                        "Too many people wait at this gateway at the moment. The request stays open.",
                        "此网关等待的人过多。申请保持待审批。")))
            return nil
        }
        defer { core.waits.remove(place, of: .request(ticket)) }
        say(
            text.wrap(
                speech(
                    "Waiting for #\(number). You are let in once it is approved; q leaves, and the request stays.",
                    "正在等待 #\(number)，批准后自动继续；按 q 离开，申请会保留。")))
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
