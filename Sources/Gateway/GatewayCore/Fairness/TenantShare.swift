package import GatewayContract
import Synchronization

/// What one tenant may take of this worker, on all loops together.
package final class TenantShare: Sendable {
    private struct State {
        var allowance = TenantAllowance.unlimited
        var bucket: TokenBucket?
    }

    private let state = Mutex(State())
    /// Read without the lock: most tenants have no limit, and a relay asks for each block.
    private let hasRate = Atomic(false)

    package init() {}

    package var connections: Int? { state.withLock { $0.allowance.connections } }

    /// What the control plane says now.
    package func set(_ allowance: TenantAllowance, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            guard state.allowance != allowance else { return }
            state.allowance = allowance
            guard let rate = allowance.bytesPerSecond else {
                state.bucket = nil
                return
            }
            let burst = allowance.burstBytes ?? rate
            if state.bucket == nil {
                state.bucket = TokenBucket(rate: rate, burst: burst, at: now)
            } else {
                state.bucket?.change(rate: rate, burst: burst, at: now)
            }
        }
        hasRate.store(allowance.bytesPerSecond != nil, ordering: .relaxed)
    }

    /// Takes leave to move up to `wanted` bytes; what is not moved is given back by `settle`.
    package func take(_ wanted: Int, at now: ContinuousClock.Instant = .now) -> Int {
        guard hasRate.load(ordering: .relaxed) else { return wanted }
        return state.withLock { $0.bucket?.take(upTo: wanted, at: now) ?? wanted }
    }

    /// Says how much was moved by leave of `taken` bytes. It may be more: a keystroke does not wait.
    package func settle(taken: Int, moved: Int, at now: ContinuousClock.Instant = .now) {
        guard hasRate.load(ordering: .relaxed), taken != moved else { return }
        state.withLock { state in
            if moved < taken {
                state.bucket?.giveBack(taken - moved)
            } else {
                state.bucket?.charge(moved - taken, at: now)
            }
        }
    }

    /// How long to rest when nothing was left.
    package func wait(at now: ContinuousClock.Instant = .now) -> Duration {
        state.withLock { $0.bucket?.wait(for: 16 * 1024, at: now) ?? .zero }
    }
}
