import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Logging
import Synchronization
import Testing

@Suite struct LeaseKeeperTests {
    private let session = LiveSession(id: .new(), tenant: .new(), recording: .new())
    private let registry = SessionRegistry()

    init() {
        _ = registry.add(session)
    }

    private func keeper(
        _ answer: @escaping @Sendable (LeaseRequest) throws(ControlPlaneError) -> LeaseAnswer,
        holdAfter: Duration = .seconds(30), endAfter: Duration = .seconds(300)
    ) -> LeaseKeeper {
        var plane = ControlPlane.silent
        plane.renew = { request throws(ControlPlaneError) in try answer(request) }
        return LeaseKeeper(
            controlPlane: plane, registry: registry, holdAfter: holdAfter, endAfter: endAfter,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The orders that have been given so far.
    private func orders() async -> [SessionOrder] {
        session.close()
        var orders: [SessionOrder] = []
        for await order in session.orders { orders.append(order) }
        return orders
    }

    @Test func `all sessions are renewed in one request, with numbers that grow`() async {
        let seen = Mutex<[LeaseRequest]>([])
        let keeper = keeper { request throws(ControlPlaneError) in
            seen.withLock { $0.append(request) }
            return LeaseAnswer(sessions: [SessionLease(session: self.session.id, state: .ok)], leaseSeconds: 30)
        }
        session.countInput(3)
        await keeper.renew()
        session.connected()
        session.countOutput(5)
        await keeper.renew()
        let reports = seen.withLock { $0 }.flatMap(\.sessions)
        #expect(reports.map(\.state) == [.pending, .live])
        #expect(reports.map(\.counters.bytesIn) == [3, 3])
        #expect(reports.map(\.counters.bytesOut) == [0, 5])
        #expect(reports[0].sequence < reports[1].sequence)
    }

    @Test func `an ended lease ends the session with its reason`() async {
        await keeper { _ throws(ControlPlaneError) in
            LeaseAnswer(
                sessions: [
                    SessionLease(
                        session: self.session.id, state: .ended, endReason: .userDisabled, endText: "Lin is locked")
                ], leaseSeconds: 30)
        }.renew()
        #expect(await orders() == [.end(.userDisabled, text: "Lin is locked")])
    }

    @Test func `a session that the server does not know ends`() async {
        await keeper { _ throws(ControlPlaneError) in
            LeaseAnswer(sessions: [SessionLease(session: self.session.id, state: .unknown)], leaseSeconds: 30)
        }.renew()
        let orders = await orders()
        guard case .end(.terminated, _)? = orders.first else {
            Issue.record("\(orders)")
            return
        }
    }

    @Test func `without an answer input is held, then the session ends`() async {
        let away = keeper({ _ throws(ControlPlaneError) in throw .unreachable("away") }, holdAfter: .zero)
        await away.renew()
        await away.renew()
        await keeper(
            { _ throws(ControlPlaneError) in throw .unreachable("away") }, holdAfter: .zero, endAfter: .zero
        ).renew()
        let orders = await orders()
        #expect(orders.first == .holdInput(true))
        guard case .end(.leaseLost, _)? = orders.last, orders.count == 2 else {
            Issue.record("\(orders)")
            return
        }
    }

    @Test func `an answer that leaves the session out is no renewal`() async {
        await keeper(
            { _ throws(ControlPlaneError) in LeaseAnswer(sessions: [], leaseSeconds: 30) }, holdAfter: .zero
        ).renew()
        #expect(await orders() == [.holdInput(true)])
    }

    @Test func `input that was held is taken again after a renewal`() async {
        await keeper({ _ throws(ControlPlaneError) in throw .unreachable("away") }, holdAfter: .zero).renew()
        await keeper { _ throws(ControlPlaneError) in
            LeaseAnswer(sessions: [SessionLease(session: self.session.id, state: .ok)], leaseSeconds: 30)
        }.renew()
        #expect(await orders() == [.holdInput(true), .holdInput(false)])
    }
}
