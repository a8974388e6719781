import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel
import SSH

/// Where those stand who wait on one loop to be let in.
struct SignInRoom {
    let waits: DecisionWaits
    let pace: ReviewWait.Pace
    let loop: SSHLoop

    static let crowded = "Too many people wait at this gateway at the moment. Try again later."

    /// Nil if too many wait already.
    func enter(_ admission: AdmissionID, of tenant: String) -> SignInWait? {
        SignInWait(admission, of: tenant, in: self)
    }
}

/// Somebody's place among those who wait at this worker to be let in.
final class SignInWait {
    let admission: AdmissionID
    var pace: ReviewWait
    /// They have been told that they wait.
    var isGreeted = false
    private let waits: DecisionWaits
    private let tenant: String
    private let call = DecisionCall()
    private let signal = LoopSignal()
    private let loop: SSHLoop
    private var place: UUID?

    fileprivate init?(_ admission: AdmissionID, of tenant: String, in room: SignInRoom) {
        self.admission = admission
        self.tenant = tenant
        waits = room.waits
        loop = room.loop
        pace = ReviewWait(at: .now, pace: room.pace)
        let bound = LoopBound(signal, on: loop)
        let place = waits.add(.signIn(admission), of: tenant) { [call] in
            call.ring()
            bound.loop.post { bound.value.fire() }
        }
        guard let place else { return nil }
        self.place = place
    }

    deinit {
        if let place { waits.remove(place, of: .signIn(admission)) }
    }

    /// What is due, on a connection that is open.
    var turn: ReviewWait.Turn {
        if call.take() { pace.call() }
        return pace.turn(at: .now)
    }

    /// Until then, or until there is a call, or the client leaves.
    func rest(until end: ContinuousClock.Instant, on connection: SSHServerConnection) async {
        let timer = loop.after(max(.zero, end - .now)) { [signal] in signal.fire() }
        connection.onActivity = { [signal] in signal.fire() }
        connection.watchesHangUp = true
        if connection.isOpen { await signal.wait() }
        connection.watchesHangUp = false
        connection.onActivity = nil
        timer.cancel()
    }

    /// Asks the control plane in turn; nil if it did not answer, and is asked again later.
    func ask(
        _ question: () async throws(ControlPlaneError) -> AdmissionAnswer
    ) async throws(ControlPlaneError) -> AdmissionAnswer? {
        pace.ask()
        do throws(ControlPlaneError) {
            if let answer = try await waits.ask(for: tenant, question) { return answer }
            pace.failed(at: .now)
        } catch {
            guard error.isTransient else { throw error }
            var pause = Duration.zero
            if case .busy(let time) = error { pause = time }
            pace.failed(at: .now, notBefore: pause)
        }
        return nil
    }
}
