import Synchronization

/// Counts connections, all together and by address, so that one address cannot take them all.
final class SocketCensus: Sendable {
    private struct State {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let most: Int
    private let perAddress: Int
    private let state = Mutex(State())

    init(most: Int, perAddress: Int) {
        self.most = most
        self.perAddress = perAddress
    }

    /// Whether one more may come; it is counted then.
    func enter() -> Bool {
        state.withLock { state in
            guard state.total < most else { return false }
            state.total += 1
            return true
        }
    }

    /// Whether one more of this address may; it is counted for it then.
    func place(_ address: String) -> Bool {
        state.withLock { state in
            guard state.byAddress[address, default: 0] < perAddress else { return false }
            state.byAddress[address, default: 0] += 1
            return true
        }
    }

    /// One is gone.
    func leave() {
        state.withLock { $0.total -= 1 }
    }

    /// One is not counted for this address any more.
    func unplace(_ address: String) {
        state.withLock { state in
            let left = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = left > 0 ? left : nil
        }
    }
}
