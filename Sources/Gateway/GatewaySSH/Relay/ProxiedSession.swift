import FoundationEssentials
package import GatewayContract
package import GatewayCore
import Kernel
import Logging
import Recording
package import SSH

/// One session from its grant to its end: the record, the target, the relay, and the reports. Used by the SSH entrance and
/// by the web terminal. Lives on one loop with both ends of the session.
package actor ProxiedSession {
    /// What the person is told when it is over.
    package struct Ending: Sendable {
        package let reason: EndReason
        /// For the screen; empty when nothing needs to be said.
        package let text: String
        package let exit: SSHChannel.Exit
    }

    private let opened: OpenedGrant
    private let core: GatewayCore
    private let loop: SSHLoop
    private let live: LiveSession

    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    package init(_ opened: OpenedGrant, core: GatewayCore, on loop: SSHLoop) {
        self.opened = opened
        self.core = core
        self.loop = loop
        live = LiveSession(
            id: opened.grant.session, tenant: opened.grant.tenant, recording: opened.grant.recording.id)
    }

    /// Runs the session. The person's end stays open.
    package func run(
        user: LoopBound<any UserEnd>, program: SSHClientConnection.Program
    ) async -> Ending {
        let allowance = opened.grant.limits.allowance
        guard let share = core.registry.add(live, within: allowance) else {
            let text = "your company has as many sessions open through this gateway as it may"
            return conclude(.policy, "\(text) (\(allowance.connections ?? 0))", exit: nil, journal: nil)
        }
        let link = JournalLink()
        let journal: SessionJournal
        do throws(RecordingError) {
            journal = try SessionJournal(
                opened, session: live, terminal: opened.grant.terminal, core: core.recording,
                signals: link.signals(on: loop))
        } catch {
            core.logger.error("A session cannot be recorded", metadata: metadata(["error": "\(error)"]))
            return conclude(.recordingFailed, "it cannot be recorded, so it is not opened", exit: nil, journal: nil)
        }
        let leg: TargetLeg
        do throws(TargetLeg.Failure) {
            leg = try await TargetLeg.open(opened, program: program, on: loop)
        } catch {
            return await failed(error, journal)
        }
        live.connected()
        core.recording.reporter.add(
            .connected(ConnectedFact(address: "\(leg.connection.address)")), of: live.id)
        let outcome = await relay(user.value, leg, Record(journal: journal, link: link), share)
        leg.close()
        return await conclude(outcome, journal)
    }

    private struct Record {
        let journal: SessionJournal
        let link: JournalLink
    }

    private func relay(
        _ user: any UserEnd, _ leg: TargetLeg, _ record: Record, _ share: TenantShare
    ) async -> Relay.Outcome {
        if let command = opened.grant.command {
            do {
                try record.journal.ran(command)
            } catch {
                return .ended(.recordingFailed, "it cannot be recorded (\(error))")
            }
        }
        let relay = Relay(
            user: user, target: leg.channel, journal: record.journal, session: live, share: share,
            limits: opened.grant.limits, on: loop)
        record.link.relay = relay
        let bound = LoopBound(relay, on: loop)
        async let orders: Void = follow(bound)
        let outcome = await relay.run()
        live.close()
        await orders
        return outcome
    }

    private func follow(_ relay: LoopBound<Relay>) async {
        for await order in live.orders { relay.value.follow(order) }
    }

    // MARK: The end

    private func failed(_ failure: TargetLeg.Failure, _ journal: SessionJournal) async -> Ending {
        core.recording.reporter.add(
            .failed(FailedFact(phase: failure.phase, cause: String(Texts.line("\(failure.error)").prefix(1024)))),
            of: live.id)
        if case .hostKeyRefused(let refusal) = failure.error {
            core.logger.warning(
                "A target shows a host key that is not on record",
                metadata: metadata(["asset": "\(opened.grant.asset.id)", "key": "\(refusal.shown.fingerprint)"]))
            let report = HostKeyReport(
                session: live.id, algorithm: refusal.shown.algorithm, key: Bytes(refusal.shown.blob))
            try? await core.controlPlane.reportHostKey(report)
            return await finish(
                .hostKeyChanged, "\(refusal)\nNothing was sent to it. Tell your administrator.", journal)
        }
        return await finish(.connectFailed, "\(failure.error)", journal)
    }

    private func conclude(_ outcome: Relay.Outcome, _ journal: SessionJournal) async -> Ending {
        switch outcome {
        case .exited(let exit): await finish(.exited, "", journal, exit: exit ?? .status(0))
        case .userGone: await finish(.disconnected, "", journal)
        case .targetLost(let text): await finish(.exited, text, journal)
        case .ended(let reason, let text): await finish(reason, text, journal)
        }
    }

    private func finish(
        _ reason: EndReason, _ text: String, _ journal: SessionJournal, exit: SSHChannel.Exit? = nil
    ) async -> Ending {
        let (logger, metadata) = (core.logger, metadata([:]))
        journal.finish(reason: reason, exit: exit?.code) { error in
            logger.error(
                "The end of a session was not recorded", metadata: metadata.merging(["error": "\(error)"]) { $1 })
        }
        return conclude(reason, text, exit: exit, journal: journal)
    }

    private func conclude(
        _ reason: EndReason, _ text: String, exit: SSHChannel.Exit?, journal: SessionJournal?
    ) -> Ending {
        live.stopped()
        core.registry.remove(live)
        core.closer.close(
            ClosingSession(
                live: live, reason: reason, text: text.isEmpty ? nil : String(Texts.lines(text).prefix(1024)),
                exit: exit?.code, journal: journal?.tail))
        let shown = text.isEmpty ? "" : Texts.ended(reason, text)
        return Ending(reason: reason, text: shown, exit: exit ?? .status(255))
    }

    private func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging([
            "session": "\(live.id)", "tenant": "\(live.tenant)", "trace": "\(opened.grant.traceID)",
        ]) { $1 }
    }
}

extension SSHChannel.Exit {
    /// One number for reports: a signal counts like in a shell, where what it killed has no status of its own.
    var code: Int {
        switch self {
        case .status(let status): status
        case .signal: 255
        }
    }
}

/// Leads what the recorder's threads say to the relay, on its loop.
private final class JournalLink {
    weak var relay: Relay?

    func signals(on loop: SSHLoop) -> SessionJournal.Signals {
        let me = LoopBound(self, on: loop)
        return SessionJournal.Signals(
            durable: { position in loop.post { me.value.relay?.becameDurable(position) } },
            relief: { loop.post { me.value.relay?.recorderHasRoom() } },
            failure: { error in loop.post { me.value.relay?.recorderFailed(error) } })
    }
}
