import Kernel
import Observability
import Synchronization

/// Counts open connections, altogether and per address: nobody may take them all.
final class ConnectionLimiter: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let most: Int
    private let mostPerAddress: Int
    private let exempt: [AddressRange]
    private let counts = Mutex(Counts())

    /// Behind the exempt addresses, which are proxies, are many clients.
    init(most: Int, perAddress: Int, exempt: [AddressRange]) {
        self.most = most
        mostPerAddress = perAddress
        self.exempt = exempt
    }

    var open: Int { counts.withLock { $0.all } }

    /// Whether one more connection from the address may stay; then `leave` must follow.
    func enter(_ address: String) -> Bool {
        let isExempt = exempt.contains(address)
        return counts.withLock { counts in
            guard counts.all < most, isExempt || counts.byAddress[address, default: 0] < mostPerAddress else {
                return false
            }
            counts.all += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
    }

    func leave(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            guard let count = counts.byAddress[address] else { return }
            counts.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}
