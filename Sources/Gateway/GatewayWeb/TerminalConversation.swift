import FoundationEssentials
import GatewayContract
import GatewayCore
import GatewaySSH
import Kernel
import Logging
import SSH

/// One browser from its token to the end of its session. Lives on the loop of the session.
actor TerminalConversation {
    private let socket: TerminalSocket
    private let core: GatewayCore
    private let loop: SSHLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ socket: TerminalSocket, core: GatewayCore, on loop: SSHLoop) {
        self.socket = socket
        self.core = core
        self.loop = loop
    }

    func run() async {
        let end = WebEnd(socket, on: loop)
        end.listen()
        let ended: TerminalEnded
        do throws(ControlPlaneError) {
            ended = try await open(end)
        } catch {
            core.logger.warning("A terminal cannot be opened", metadata: ["error": "\(error)"])
            ended = TerminalEnded(
                reason: "unavailable", text: "The control plane cannot be reached. Try again in a moment.")
        }
        socket.send(control: TerminalFrame.control(.ended(ended)))
        socket.close()
    }

    private func open(_ end: WebEnd) async throws(ControlPlaneError) -> TerminalEnded {
        if let reason = core.closedReason { return TerminalEnded(reason: "unavailable", text: reason) }
        let answer = try await core.controlPlane.admit(
            AdmissionRequest(
                tenant: "", login: "", protocol: .ssh, clientAddress: socket.address, connection: UUID().uuidString,
                proof: .terminalToken(
                    TerminalTokenProof(token: PassedSecret(socket.ask.token), origin: socket.ask.origin))))
        guard case .admitted(let admitted) = answer, let target = admitted.target else {
            return TerminalEnded(
                reason: "refused", text: "The link to this terminal has been used or has expired. Open it again.")
        }
        await waitForSize(end)
        let size = end.firstSize
        let session = try await core.controlPlane.openSession(
            SessionRequest(
                admission: admitted.admission,
                target: SessionTarget(account: target.account, asset: target.asset.text), protocol: .ssh,
                channel: .shell,
                terminal: .init(term: "xterm-256color", columns: size.columns, rows: size.rows),
                clientAddress: socket.address))
        switch session {
        case .refused(let refused): return TerminalEnded(reason: "refused", text: Self.text(of: refused))
        case .wait(let wait): return TerminalEnded(reason: "waiting", text: wait.text)
        case .granted(let signed): return await run(signed, end, size)
        }
    }

    private func run(_ signed: SignedGrant, _ end: WebEnd, _ size: SSH.TerminalSize) async -> TerminalEnded {
        let opened: OpenedGrant
        do {
            opened = try OpenedGrant(signed, identity: core.identity.current, now: Date())
        } catch {
            core.logger.error("A session grant is not acted on", metadata: ["error": "\(error)"])
            return TerminalEnded(reason: "refused", text: "The grant is not valid for this gateway.")
        }
        socket.send(
            control: TerminalFrame.control(
                .ready(TerminalReady(session: opened.grant.session, resume: PassedSecret("")))))
        let user: any UserEnd = end
        let ending = await ProxiedSession(opened, core: core, on: loop).run(
            user: LoopBound(user, on: loop),
            program: SSHClientConnection.Program(terminal: (size, "xterm-256color")))
        return TerminalEnded(reason: ending.reason.rawValue, text: String(ending.text.prefix(4096)))
    }

    /// A browser tells its size first; one that does not within a second gets the usual one.
    private func waitForSize(_ end: WebEnd) async {
        for _ in 0..<40 where !end.knowsSize && !end.isGone { await loop.sleep(for: .milliseconds(25)) }
    }

    private static func text(of refused: SessionRefused) -> String {
        var lines = [refused.text]
        lines += refused.reasons.map(\.text).filter { $0 != refused.text }
        if let request = refused.request { lines += ["To ask for access:", request.url] }
        return String(lines.joined(separator: "\n").prefix(4096))
    }
}
