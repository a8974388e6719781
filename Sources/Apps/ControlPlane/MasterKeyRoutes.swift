import Cryptography
import FoundationEssentials
package import HTTPAPI
import Hosting
import Jobs
package import Kernel
import Postgres
import Tenancy

extension Permission {
    package static let providerKeys = Permission("provider.keys")
}

/// A key at the top, and how much is under it.
package struct MasterKeyStanding: WireValue, Sendable {
    package let key: String
    package let count: Int
    package let current: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...200))
        Field("count", \.count, .int(0...Int(Int32.max)))
        Field("current", \.current)
    }
}

/// The keys at the top: `waiting` is what still has to follow to the current one.
package struct MasterKeyView: WireValue, Sendable {
    package let current: String
    package let keys: [MasterKeyStanding]
    package let waiting: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("current", \.current, .text(1...200))
        Field("keys", \.keys, count: 0...1000)
        Field("waiting", \.waiting, .int(0...Int(Int32.max)))
    }
}

/// What the provider's people see and do about the keys at the top.
package struct MasterKeyDesk: Sendable {
    static let kind = "keys.follow"

    let masters: MasterKeys
    let follow: FollowMasterKey
    let installation: InstallationKeyFollower
    let queue: JobQueue

    func show() async throws -> MasterKeyView {
        let current: String
        do throws(KeyProviderError) {
            current = try await masters.current.current()
        } catch {
            throw KeysClosed(error)
        }
        var counts: [String: Int] = [:]
        for (key, count) in try await follow.standing() + installation.standing() { counts[key, default: 0] += count }
        let standings = counts.sorted { $0.key < $1.key }.map {
            MasterKeyStanding(key: $0.key, count: $0.value, current: $0.key == current)
        }
        // What a tenant's own key wraps follows to nothing of ours.
        let waiting = standings.filter { !$0.current && !$0.key.hasPrefix("own1_") }.reduce(0) { $0 + $1.count }
        return MasterKeyView(current: current, keys: standings, waiting: waiting)
    }

    func begin(at now: Date, in scope: ProviderScope) async throws -> MasterKeyView {
        try await queue.enqueue(kind: Self.kind, tenant: nil, runAt: now, dedupeKey: Self.kind, scope: scope)
        return try await show()
    }

    func work() async throws {
        try await installation()
        try await follow()
    }
}

/// The provider's endpoints for the keys at the top.
package enum MasterKeyRoutes {
    private typealias Route = Endpoint<ProviderAPI, MasterKeyDesk>

    package static let group = EndpointGroup<ProviderAPI, MasterKeyDesk>("master-key") {
        Route.get(
            "show", "/master-key", summary: "Show which key at the top wraps what", permission: .providerKeys,
            returns: MasterKeyView.self
        ) { desk, _ in
            try await desk.show()
        }

        Route.post(
            "rewrap", "/master-key/rewrap", summary: "Put everything under the current key at the top",
            permission: .providerKeys, audit: .action("master-key.rewrap"), returns: MasterKeyView.self
        ) { desk, call in
            try await desk.begin(at: call.now, in: call.scope)
        }
    }
}
