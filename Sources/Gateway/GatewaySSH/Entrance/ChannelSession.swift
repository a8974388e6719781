import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel
import Logging
import SSH

/// One session channel of a client: finds out what is wanted, and does it. Lives on the connection's loop.
actor ChannelSession {
    let channel: SSHChannel
    let loop: SSHLoop
    let core: GatewayCore
    let admitted: Admitted
    let login: LoginName
    private let clientAddress: String
    let activity = LoopSignal()
    let speech: Speech
    private(set) var start = ChannelStart()
    private var input = MenuInput()
    private var unshown: [String] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        _ channel: LoopBound<SSHChannel>, core: GatewayCore, admitted: Admitted, login: LoginName, clientAddress: String
    ) {
        self.channel = channel.value
        loop = channel.loop
        self.core = core
        self.admitted = admitted
        speech = Speech(admitted.language)
        self.login = login
        self.clientAddress = clientAddress
    }

    /// Serves the channel until it is closed.
    func run() async {
        channel.onActivity = { [activity] in activity.fire() }
        if await isStarted() { await serve() }
        await drain()
        channel.onActivity = nil
        channel.close()
    }

    /// Shows something that concerns the connection, as soon as there is a screen.
    func show(_ text: String) {
        if start.program == nil { unshown.append(text) } else { say(text) }
    }

    private func isStarted() async -> Bool {
        while !channel.hasPeerClosed {
            while let request = channel.nextRequest() {
                if start.take(request) { return true }
            }
            await activity.wait()
        }
        return false
    }

    private func serve() async {
        for text in unshown { say(text) }
        if let notice = admitted.notice, start.terminal != nil { say(Texts.lines(notice) + "\n") }
        switch start.program {
        case .subsystem("sftp"): await refuseFiles()
        case .subsystem(let name):
            say(
                speech(
                    "Gatehouse: the subsystem \(Texts.line(name)) is not available through this gateway.\n",
                    "Gatehouse：此网关不提供子系统 \(Texts.line(name))。\n"))
            end(.status(255))
        case .command where login.target == nil:
            say(
                speech(
                    "Gatehouse: name the target to run a command on it: "
                        + "ssh tenant+user+account+target@this-host command\n",
                    "Gatehouse：要执行命令，请指明资产：ssh tenant+user+account+target@this-host command\n"))
            end(.status(255))
        case .shell, .command, nil:
            if let target = login.target {
                let target = SessionTarget(account: target.account, asset: target.asset)
                end(await open(target, named: "\(target.account.map { "\($0)@" } ?? "")\(target.asset)"))
            } else if start.terminal == nil {
                await listTargets()
            } else {
                await menu()
            }
        }
    }

    // MARK: Sessions

    /// Opens a session and runs it to its end. Returns what the client is told as its exit. Who is refused at a terminal may
    /// ask right there, and is let in once that is approved.
    func open(_ target: SessionTarget, named name: String) async -> SSHChannel.Exit {
        if let reason = core.closedReason {
            say("Gatehouse: \(reason).\n")
            return .status(255)
        }
        let answer: SessionAnswer
        do throws(ControlPlaneError) {
            answer = try await core.controlPlane.openSession(request(target))
        } catch {
            say(
                speech(
                    "Gatehouse: \(Texts.line(name)) cannot be opened at the moment: \(Texts.line("\(error)"))\n",
                    "Gatehouse：暂时无法打开 \(Texts.line(name))：\(Texts.line("\(error)"))\n"))
            return .status(255)
        }
        switch answer {
        case .refused(let refused):
            say(Texts.refusal(of: name, refused, speech))
            guard await askInstead(of: refused) else { return .status(255) }
            return await open(target, named: name)
        case .wait(let wait):
            say(Texts.waiting(for: name, wait, speech))
            return .status(255)
        case .granted(let signed): return await run(signed, name)
        }
    }

    private func run(_ signed: SignedGrant, _ name: String) async -> SSHChannel.Exit {
        let opened: OpenedGrant
        do {
            opened = try OpenedGrant(signed, identity: core.identity.current, now: Date())
        } catch {
            core.logger.error("A session grant is not acted on", metadata: ["error": "\(error)"])
            say(
                speech(
                    "Gatehouse: \(Texts.line(name)) cannot be opened: the grant is not valid for this gateway.\n",
                    "Gatehouse：无法打开 \(Texts.line(name))：授权对此网关无效。\n"))
            return .status(255)
        }
        if start.terminal != nil {
            for notice in opened.grant.notices { say(Texts.lines(notice) + "\n") }
        }
        let session = ProxiedSession(opened, core: core, on: loop)
        let user: any UserEnd = ChannelEnd(channel)
        let ending = await session.run(user: LoopBound(user, on: loop), program: program(opened.grant))
        channel.onActivity = { [activity] in activity.fire() }
        if !ending.text.isEmpty { say("\n" + ending.text) }
        return ending.exit
    }

    private func request(_ target: SessionTarget) -> SessionRequest {
        var command: String?
        if case .command(let text) = start.program { command = text }
        return SessionRequest(
            admission: admitted.admission, target: target, protocol: .ssh, channel: command == nil ? .shell : .exec,
            command: command,
            terminal: start.terminal.map { .init(term: $0.term, columns: $0.size.columns, rows: $0.size.rows) },
            clientAddress: clientAddress)
    }

    private func program(_ grant: SessionGrant) -> SSHClientConnection.Program {
        // What runs is what was granted, whatever the client said.
        SSHClientConnection.Program(
            terminal: start.terminal, environment: start.environment,
            command: grant.channel == .exec ? grant.command ?? "" : nil)
    }

    // MARK: The menu

    private var newMenu: MenuState {
        MenuState(
            user: admitted.user.name, tenant: admitted.tenantName, portal: admitted.portal, speech: speech)
    }

    private func menu() async {
        var menu = newMenu
        guard await load(&menu, words: "", page: 0) else { return end(.status(255)) }
        while !channel.hasPeerClosed {
            guard let line = await ask(MenuState.prompt) else { break }
            switch menu.action(for: line) {
            case .quit: return end(.status(0))
            case .show(let text): say(text)
            case .load(let words, let page): _ = await load(&menu, words: words, page: page)
            case .open(let target):
                _ = await open(
                    SessionTarget(account: target.account, asset: target.name),
                    named: "\(target.account)@\(target.name)")
                if !channel.hasPeerClosed { _ = await load(&menu, words: menu.words, page: menu.page) }
            case .ask:
                await askFromMenu()
                if !channel.hasPeerClosed { _ = await load(&menu, words: menu.words, page: menu.page) }
            case .emergency:
                await takeEmergencyFromMenu()
                if !channel.hasPeerClosed { _ = await load(&menu, words: menu.words, page: menu.page) }
            case .requests(let view):
                await browse(view)
                if !channel.hasPeerClosed { _ = await load(&menu, words: menu.words, page: menu.page) }
            }
        }
        say("\n")
        end(.status(0))
    }

    private func load(_ menu: inout MenuState, words: String, page: Int) async -> Bool {
        do throws(ControlPlaneError) {
            let loaded = try await core.controlPlane.targets(
                TargetsRequest(
                    admission: admitted.admission, words: words.isEmpty ? nil : String(words.prefix(255)), page: page))
            menu.loaded(loaded, words: words, number: page)
            takeResizes()
            say("\n" + menu.list(columns: columns, now: Date()))
            return true
        } catch {
            say(
                speech(
                    "Gatehouse: the list cannot be shown at the moment: \(Texts.line("\(error)"))\n",
                    "Gatehouse：暂时无法显示列表：\(Texts.line("\(error)"))\n"))
            return false
        }
    }

    /// Asks for a line; nil if the person leaves instead: by Ctrl-C, Ctrl-D, or with the connection. `limit` is for questions at
    /// which there may be a program that never answers.
    func ask(_ prompt: String, within limit: Duration? = nil) async -> String? {
        say(prompt)
        let end = limit.map { ContinuousClock.now + $0 }
        let timer = limit.map { loop.after($0) { [activity] in activity.fire() } }
        defer { timer?.cancel() }
        while end.map({ ContinuousClock.now < $0 }) ?? true {
            takeResizes()
            let available = channel.available(.data)
            if available > 0 {
                let bytes = channel.peek(.data) { Array($0) }
                let (echo, event, rest) = input.receive(bytes[...])
                channel.drop(.data, bytes.count - rest.count)
                _ = echo.withUnsafeBytes { channel.write($0) }
                switch event {
                case .line(let line): return line
                case .quit: return nil
                case nil: break
                }
            }
            if channel.hasPeerEnded || channel.hasPeerClosed { return nil }
            await activity.wait()
        }
        say("\n")
        return nil
    }

    /// How wide the terminal is now.
    var columns: Int {
        takeResizes()
        return start.terminal?.size.columns ?? 80
    }

    func takeResizes() {
        while let request = channel.nextRequest() { _ = start.take(request) }
    }

    /// Without a terminal there is no menu, but the list is still useful.
    private func listTargets() async {
        var menu = newMenu
        let isLoaded = await load(&menu, words: "", page: 0)
        end(.status(isLoaded ? 0 : 255))
    }

    // MARK: Files

    private func refuseFiles() async {
        say(Texts.noFiles + "\n", to: .errors)
        var refusal = SFTPRefusal(reason: Texts.noFiles)
        while !channel.hasPeerEnded, !channel.hasPeerClosed, !refusal.isBroken {
            let answers = refusal.receive(channel.read())
            if !answers.isEmpty { _ = answers.withUnsafeBytes { channel.write($0) } }
            await activity.wait()
        }
        end(.status(1))
    }

    // MARK: Words

    /// Shows text: on the terminal if there is one, else on the error stream, which scripts keep apart.
    func say(_ text: String, to stream: SSHChannel.Stream? = nil) {
        let bytes = start.terminal == nil ? Array(text.utf8) : Texts.terminal(text)
        let stream = stream ?? (start.terminal == nil && !isListing ? .errors : .data)
        _ = bytes.withUnsafeBytes { channel.write($0, to: stream) }
    }

    private var isListing: Bool { start.program == .shell && login.target == nil }

    private func end(_ exit: SSHChannel.Exit) {
        channel.send(exit)
        channel.sendEnd()
    }

    /// Gives the last words a moment to leave before the channel closes.
    private func drain() async {
        for _ in 0..<40 where channel.connection.isCongested { await loop.sleep(for: .milliseconds(25)) }
    }
}
