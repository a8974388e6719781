import GatewayContract
import Glibc
import Kernel
import Sessions

/// A worker that could serve.
struct PlacedWorker: Equatable {
    let id: WorkerID
    let place: WorkerPlace
    let state: WorkerState
    let isConnected: Bool
    let sessions: Int
    /// Percent of one processor.
    let load: Int
    let processors: Int
    let sshEndpoint: String
    let webEndpoint: String

    func endpoint(for entrance: Entrance) -> String {
        switch entrance {
        case .ssh: sshEndpoint
        case .web: webEndpoint
        }
    }

    /// What it has left, in comparison with others: half of it is gone at a load of a tenth, or at fifty sessions for each
    /// processor.
    fileprivate var weight: Double {
        let processors = Double(max(1, processors))
        return 1 / (1 + Double(max(0, load)) / processors / 10 + Double(max(0, sessions)) / processors / 50)
    }
}

/// Chooses the worker for a session. Pure: the same workers and the same seed give the same worker.
///
/// Each worker draws its lot from the seed and its own id, and the best lot wins (weighted rendezvous hashing): who asks
/// again with the same seed is led to the same place as long as it is there, and over all seeds a worker gets its share
/// by what it has left.
struct PlaceSession {
    let pinning: TenantPinning
    /// Where to go if somebody is there; elsewhere is better than nowhere.
    let rule: EndpointRule?
    let entrance: Entrance

    func callAsFunction(among workers: [PlacedWorker], seed: String) -> PlacedWorker? {
        let open = workers.filter { worker in
            worker.state == .active && pinning.allows(worker.place) && !worker.endpoint(for: entrance).isEmpty
        }
        let near = rule.map { rule in open.filter { rule.leads(to: $0.place) } } ?? open
        let choice = [near, open].map { $0.filter(\.isConnected) }.first { !$0.isEmpty }
        if let choice { return Self.best(of: choice, seed) }
        // An address to write down is of use also while its worker restarts; a browser needs one now.
        return entrance == .ssh ? Self.best(of: near.isEmpty ? open : near, seed) : nil
    }

    private static func best(of workers: [PlacedWorker], _ seed: String) -> PlacedWorker? {
        workers.min { lot(of: $0, seed) < lot(of: $1, seed) }
    }

    /// Exponentially distributed, at the rate of the worker's weight: the smallest of several is each one's with a
    /// probability in proportion to its weight.
    private static func lot(of worker: PlacedWorker, _ seed: String) -> Double {
        let uniform = (Double(hash(worker.id.text + "/" + seed) >> 11) + 0.5) / Double(1 << 53)
        return -log(uniform) / worker.weight
    }

    /// FNV-1a, and the finalizer of SplitMix64 to spread it: Swift's own hashes change with every start.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
