import GatewayCore
import Kernel
import SSH

/// Shares a loop among the tenants whose sessions live on it. Confined to the loop.
///
/// With one tenant there is nothing to share, and nothing is done. With more, each moves a quantum at once; who wants more
/// stands in line and the loop looks at its sockets between two turns of the line, so a keystroke of somebody quiet waits
/// for one turn at most, however much others have to move. What waits is not read from its peer, so nothing grows.
final class RelayScheduler {
    private unowned let loop: SSHLoop
    private var queue = FairQueue<TenantID, ObjectIdentifier>(quantum: RelayScheduler.quantum)
    private var relays: [ObjectIdentifier: Relay] = [:]
    private var population: [TenantID: Int] = [:]
    private var isArmed = false

    private static let quantum = 64 * 1024
    /// What the line moves before the sockets are looked at again.
    private static let turn = 128 * 1024
    /// What a session moves before other connections have their turn, when its tenant is alone.
    private static let alone = 1 << 20

    private init(_ loop: SSHLoop) {
        self.loop = loop
    }

    static func on(_ loop: SSHLoop) -> RelayScheduler {
        loop.resident { RelayScheduler(loop) }
    }

    func join(_ relay: Relay) {
        relays[ObjectIdentifier(relay)] = relay
        population[relay.tenant, default: 0] += 1
    }

    func leave(_ relay: Relay) {
        guard relays.removeValue(forKey: ObjectIdentifier(relay)) != nil else { return }
        queue.remove(ObjectIdentifier(relay), of: relay.tenant)
        let left = (population[relay.tenant] ?? 1) - 1
        population[relay.tenant] = left > 0 ? left : nil
    }

    /// A relay may have something to move: now if it may, else when its turn comes.
    func serve(_ relay: Relay) {
        guard population.count > 1 || queue.count > 0 else {
            if relay.move(upTo: Self.alone).hasMore { relay.touch() }
            return
        }
        let headroom = queue.headroom(of: relay.tenant)
        if headroom > 0 {
            let (moved, hasMore) = relay.move(upTo: headroom)
            queue.charge(moved, to: relay.tenant)
            if hasMore { line(up: relay) }
        } else {
            line(up: relay)
        }
        arm()
    }

    private func line(up relay: Relay) {
        let key = ObjectIdentifier(relay)
        guard relays[key] != nil, !queue.isWaiting(key, of: relay.tenant) else { return }
        queue.add(key, of: relay.tenant)
    }

    private func arm() {
        guard !isArmed else { return }
        isArmed = true
        let me = LoopBound(self, on: loop)
        loop.post { me.value.round() }
    }

    private func round() {
        isArmed = false
        var left = Self.turn
        while left > 0, let turn = queue.next() {
            guard let relay = relays[turn.item] else { continue }
            let (moved, hasMore) = relay.move(upTo: turn.allowance)
            queue.charge(moved, to: turn.tenant)
            if hasMore { line(up: relay) }
            left -= max(moved, 1024)
        }
        if queue.count > 0 { arm() }
    }
}
