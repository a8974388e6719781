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
    private let share: TenantShare
    private let loop: SSHLoop
    private let scheduler: RelayScheduler
    private let idleLimit: Duration
    private var endsAt: Date
    private var endTimer: LoopTimer?
    private var idleTimer: LoopTimer?
    /// Runs out when nothing has happened for a while; nil while the session rests.
    private var restTimer: LoopTimer?
    /// Runs while the tenant has used up what it may move in a second.
    private var shareTimer: LoopTimer?
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
    /// What a person types is not held back by what their company moves elsewhere.
    private static let keystrokes = 1024
    /// A tenant at its limit is not asked again at once, by however many sessions.
    private static let shortestRest = Duration.milliseconds(20)
    private static let restAfter = Duration.seconds(5)

    package init(
        user: any UserEnd, target: SSHChannel, journal: SessionJournal, session: LiveSession, share: TenantShare,
        limits: GrantLimits, on loop: SSHLoop
    ) {
        self.user = user
        self.target = target
        self.journal = journal
        self.session = session
        self.share = share
        self.loop = loop
        scheduler = .on(loop)
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
        scheduler.join(self)
        service()
        while outcome == nil { await done.wait() }
        scheduler.leave(self)
        user.onActivity = nil
        target.onActivity = nil
        endTimer?.cancel()
        idleTimer?.cancel()
        restTimer?.cancel()
        shareTimer?.cancel()
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

    var tenant: TenantID { session.tenant }

    private func service() {
        guard outcome == nil else { return }
        scheduler.serve(self)
    }

    /// Has `service` called again soon.
    func touch() {
        target.touch()
    }

    /// Moves up to `limit` bytes, both ways together. Whether there is more that could be moved at once.
    func move(upTo limit: Int) -> (moved: Int, hasMore: Bool) {
        guard outcome == nil else { return (0, false) }
        // While the tenant rests only keystrokes pass.
        let taken = shareTimer == nil ? share.take(limit) : 0
        var budget = Budget(left: taken)
        do throws(RecordingError) {
            try control()
            try pumpInput(&budget)
            try pumpOutput(.data, &fromTarget, &budget)
            try pumpOutput(.errors, &errorsFromTarget, &budget)
        } catch {
            // Nothing that was not taken has been relayed.
            finish(.ended(.recordingFailed, "it cannot be recorded (\(error))"))
        }
        share.settle(taken: taken, moved: budget.moved)
        guard outcome == nil else { return (budget.moved, false) }
        settle()
        guard budget.isExhausted, outcome == nil else { return (budget.moved, false) }
        if taken < limit {
            rest()
            return (budget.moved, false)
        }
        return (budget.moved, true)
    }

    /// What a turn may still move.
    private struct Budget {
        private(set) var left: Int
        private(set) var moved = 0
        /// Something stayed where it was for want of more.
        var isExhausted = false

        init(left: Int) {
            self.left = left
        }

        mutating func spend(_ count: Int) {
            left -= count
            moved += count
        }
    }

    /// The tenant's share is used up: goes on when there is some again.
    private func rest() {
        guard shareTimer == nil else { return }
        shareTimer = loop.after(max(share.wait(), Self.shortestRest)) { [weak self] in
            self?.shareTimer = nil
            self?.service()
        }
    }

    private func control() throws(RecordingError) {
        if let size = user.takeResize() {
            try journal.resize(columns: size.columns, rows: size.rows)
            target.resize(columns: size.columns, rows: size.rows)
        }
        for signal in user.takeSignals() { target.send(signal: signal) }
    }

    private func pumpInput(_ budget: inout Budget) throws(RecordingError) {
        guard !isInputHeld else { return }
        var leave = max(budget.left, min(user.available, Self.keystrokes))
        while leave > 0 {
            let fresh = user.available - fromUser.recorded
            if fresh > 0, !isRecorderFull, target.room > 0 {
                let bytes = user.peek(from: fromUser.recorded) { Array($0.prefix(min(Self.block, leave))) }
                try record { () throws(RecordingError) in
                    fromUser.record(bytes.count, position: try journal.input(bytes), isStrict: journal.isStrict)
                }
            }
            let free = min(fromUser.released, leave)
            guard free > 0 else { return }
            let count = user.peek(from: 0) { target.write(UnsafeRawBufferPointer(rebasing: $0.prefix(free))) }
            guard count > 0 else { return }
            user.drop(count)
            fromUser.relay(count)
            session.countInput(count)
            wasActive()
            leave -= count
            budget.spend(count)
        }
        if user.available > 0 { budget.isExhausted = true }
    }

    private func pumpOutput(
        _ stream: SSHChannel.Stream, _ flow: inout RelayFlow, _ budget: inout Budget
    ) throws(RecordingError) {
        while budget.left > 0 {
            let fresh = target.available(stream) - flow.recorded
            if fresh > 0, !isRecorderFull, user.room > 0 {
                let bytes = target.peek(stream, from: flow.recorded) {
                    Array($0.prefix(min(Self.block, budget.left)))
                }
                try record { () throws(RecordingError) in
                    flow.record(
                        bytes.count, position: try journal.output(bytes, isError: stream == .errors),
                        isStrict: journal.isStrict)
                }
            }
            let free = min(flow.released, budget.left)
            guard free > 0 else { return }
            let count = target.peek(stream) {
                user.write(UnsafeRawBufferPointer(rebasing: $0.prefix(free)), isError: stream == .errors)
            }
            guard count > 0 else { return }
            target.drop(stream, count)
            flow.relay(count)
            session.countOutput(count)
            wasActive()
            budget.spend(count)
        }
        if target.available(stream) > 0 { budget.isExhausted = true }
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
