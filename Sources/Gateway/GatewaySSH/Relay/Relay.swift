import FoundationEssentials
package import GatewayContract
package import GatewayCore
import Kernel
package import Recording
package import SSH

/// Moves bytes between a person and a target, both on one loop: each byte is in the record before it is on its way.
/// Confined to the loop.
package final class Relay {
    /// How a session came to its end.
    package enum Outcome: Equatable, Sendable {
        /// What ran on the target ended.
        case exited(SSHChannel.Exit?)
        /// The person went away.
        case userGone
        /// The target went away, in its words.
        case targetLost(String)
        /// Somebody, or a limit, ended it.
        case ended(EndReason, String)
    }

    private let user: any UserEnd
    private let target: SSHChannel
    private let journal: SessionJournal
    private let session: LiveSession
    private let loop: SSHLoop
    private let idleLimit: Duration
    private var endsAt: Date
    private var endTimer: LoopTimer?
    private var idleTimer: LoopTimer?
    /// Runs out when nothing has happened for a while; nil while the session rests.
    private var restTimer: LoopTimer?
    private var lastActivity = ContinuousClock.now
    private var fromUser = RelayFlow()
    private var fromTarget = RelayFlow()
    private var errorsFromTarget = RelayFlow()
    private var isInputHeld = false
    private var isRecorderFull = false
    private let done = LoopSignal()
    private(set) var outcome: Outcome?

    /// What is recorded and relayed at once.
    private static let block = 128 * 1024
    /// After this much the other connections of the loop have their turn.
    private static let share = 1 << 20
    private static let restAfter = Duration.seconds(5)

    package init(
        user: any UserEnd, target: SSHChannel, journal: SessionJournal, session: LiveSession, limits: GrantLimits,
        on loop: SSHLoop
    ) {
        self.user = user
        self.target = target
        self.journal = journal
        self.session = session
        self.loop = loop
        idleLimit = .seconds(limits.idleSeconds)
        endsAt = limits.endsAt
    }

    /// Relays until the end, and says which.
    package nonisolated(nonsending) func run() async -> Outcome {
        user.onActivity = { [weak self] in self?.service() }
        target.onActivity = { [weak self] in self?.service() }
        armEnd()
        armIdle()
        armRest()
        service()
        while outcome == nil { await done.wait() }
        user.onActivity = nil
        target.onActivity = nil
        endTimer?.cancel()
        idleTimer?.cancel()
        restTimer?.cancel()
        session.countRecorded(journal.recordedBytes)
        return outcome ?? .userGone
    }

    // MARK: Orders

    /// Does what somebody outside wants.
    package func follow(_ order: SessionOrder) {
        switch order {
        case .end(let reason, let text): finish(.ended(reason, text))
        case .extend(let date):
            guard date != endsAt else { return }
            endsAt = date
            armEnd()
        case .message(let text):
            let bytes = Texts.terminal("\n" + Texts.lines(text) + "\n")
            _ = bytes.withUnsafeBytes { user.write($0, isError: true) }
        case .holdInput(let isHeld):
            isInputHeld = isHeld
            service()
        }
    }

    /// Strict mode: the disk has everything up to here.
    package func becameDurable(_ position: UInt64) {
        fromUser.becameDurable(position)
        fromTarget.becameDurable(position)
        errorsFromTarget.becameDurable(position)
        service()
    }

    /// The recorder has room again.
    package func recorderHasRoom() {
        isRecorderFull = false
        service()
    }

    /// The recording cannot be written.
    package func recorderFailed(_ error: RecordingError) {
        finish(.ended(.recordingFailed, "it cannot be recorded any more (\(error))"))
    }

    private func armEnd() {
        endTimer?.cancel()
        let left = max(0, endsAt.timeIntervalSinceNow)
        endTimer = loop.after(.seconds(min(left, 86_400 * 30))) { [weak self] in
            self?.finish(.ended(.grantEnded, "the time it was granted for is over"))
        }
    }

    private func armIdle() {
        let left = idleLimit - lastActivity.duration(to: .now)
        idleTimer = loop.after(max(left, .milliseconds(100))) { [weak self] in
            guard let self, outcome == nil else { return }
            session.countRecorded(journal.recordedBytes)
            if lastActivity.duration(to: .now) >= idleLimit {
                finish(.ended(.idle, "nothing happened for \(idleLimit.components.seconds) seconds"))
            } else {
                armIdle()
            }
        }
    }

    private func armRest() {
        let left = Self.restAfter - lastActivity.duration(to: .now)
        restTimer = loop.after(max(left, .milliseconds(100))) { [weak self] in
            guard let self, outcome == nil else { return }
            if lastActivity.duration(to: .now) >= Self.restAfter {
                restTimer = nil
                journal.rest()
            } else {
                armRest()
            }
        }
    }

    private func wasActive() {
        lastActivity = .now
        if restTimer == nil { armRest() }
    }

    private func finish(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        done.fire()
    }

    // MARK: Moving bytes

    private func service() {
        guard outcome == nil else { return }
        do throws(RecordingError) {
            try control()
            try pumpInput()
            try pumpOutput(.data, &fromTarget)
            try pumpOutput(.errors, &errorsFromTarget)
        } catch {
            // Nothing that was not taken has been relayed.
            return finish(.ended(.recordingFailed, "it cannot be recorded (\(error))"))
        }
        settle()
    }

    private func control() throws(RecordingError) {
        if let size = user.takeResize() {
            try journal.resize(columns: size.columns, rows: size.rows)
            target.resize(columns: size.columns, rows: size.rows)
        }
        for signal in user.takeSignals() { target.send(signal: signal) }
    }

    private func pumpInput() throws(RecordingError) {
        guard !isInputHeld else { return }
        var share = Self.share
        while share > 0 {
            let fresh = user.available - fromUser.recorded
            if fresh > 0, !isRecorderFull, target.room > 0 {
                let bytes = user.peek(from: fromUser.recorded) { Array($0.prefix(Self.block)) }
                try record { () throws(RecordingError) in
                    fromUser.record(bytes.count, position: try journal.input(bytes), isStrict: journal.isStrict)
                }
            }
            let free = fromUser.released
            guard free > 0 else { return }
            let count = user.peek(from: 0) { target.write(UnsafeRawBufferPointer(rebasing: $0.prefix(free))) }
            guard count > 0 else { return }
            user.drop(count)
            fromUser.relay(count)
            session.countInput(count)
            wasActive()
            share -= count
        }
        target.touch()
    }

    private func pumpOutput(_ stream: SSHChannel.Stream, _ flow: inout RelayFlow) throws(RecordingError) {
        var share = Self.share
        while share > 0 {
            let fresh = target.available(stream) - flow.recorded
            if fresh > 0, !isRecorderFull, user.room > 0 {
                let bytes = target.peek(stream, from: flow.recorded) { Array($0.prefix(Self.block)) }
                try record { () throws(RecordingError) in
                    flow.record(
                        bytes.count, position: try journal.output(bytes, isError: stream == .errors),
                        isStrict: journal.isStrict)
                }
            }
            let free = flow.released
            guard free > 0 else { return }
            let count = target.peek(stream) {
                user.write(UnsafeRawBufferPointer(rebasing: $0.prefix(free)), isError: stream == .errors)
            }
            guard count > 0 else { return }
            target.drop(stream, count)
            flow.relay(count)
            session.countOutput(count)
            wasActive()
            share -= count
        }
        target.touch()
    }

    /// A recorder that is behind is no failure: both sides wait until it has caught up.
    private func record(_ body: () throws(RecordingError) -> Void) throws(RecordingError) {
        do throws(RecordingError) {
            try body()
        } catch .full {
            isRecorderFull = true
        } catch {
            throw error
        }
    }

    /// Half-closes, and finds out whether it is over. A target's close counts only when all it sent has been relayed.
    private func settle() {
        if user.hasEnded, user.available == 0, !target.hasSentEnd, !user.isGone { target.sendEnd() }
        if target.hasPeerClosed, target.isDrained {
            if !target.connection.isOpen, target.exit == nil {
                return finish(.targetLost("the connection to the target was lost"))
            }
            return finish(.exited(target.exit))
        }
        if user.isGone { finish(.userGone) }
    }
}
