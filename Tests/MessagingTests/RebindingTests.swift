import Foundation
import Kernel
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// Names that lead somewhere else the next time, on the whole way of a webhook.
@Suite struct RebindingTests {
    /// A resolver that says what its owner likes, each time anew.
    private final class Resolver: Sendable {
        private let line = Mutex<String?>(nil)

        var lines: [String] { line.withLock { $0.map { [$0] } ?? [] } }
        func point(_ port: Int, to address: String) { line.withLock { $0 = "rebound.test:\(port):\(address)" } }
    }

    @Test(arguments: [
        ("127.0.0.2", true), ("[::1]", true), ("[::ffff:127.0.0.2]", true), ("[64:ff9b::7f00:2]", true),
        ("169.254.169.254", true), ("[fe80::1]", true), ("0.0.0.0", true), ("10.0.0.5", false),
        ("[::ffff:10.0.0.5]", false), ("[fd00:ec2::254]", false),
    ])
    func `a name that leads outside first and inside then is refused there, and the log says so`(
        _ inside: String, isNameOpened: Bool
    ) async throws {
        let resolver = Resolver()
        let post = try await Post { resolver.lines }
        let (webhook, receiver) = try await post.receiver()
        let port = receiver.port
        // Nothing outside is ours to ask: the receiver's address is opened, and so as good as a public one. A name that is
        // opened opens private networks, and neither this machine nor its link.
        try await post.allow([("127.0.0.1", port)] + (isNameOpened ? [("rebound.test", port)] : []))
        try await post.point(webhook, at: "http://rebound.test:\(port)/in?a=b")
        resolver.point(port, to: "127.0.0.1")
        let first = try await post.attempted(to: webhook)
        #expect(try await post.delivery(first).state == .delivered && receiver.requests.count == 1)

        resolver.point(port, to: inside)
        let second = try await post.attempted(to: webhook)
        let delivery = try await post.delivery(second)
        #expect(delivery.state == .pending && delivery.lastStatus == nil && receiver.requests.count == 1)
        let said = "rebound.test:\(port) is on a private or reserved network"
        #expect(delivery.lastError?.contains(said) == true, "\(delivery.lastError ?? "")")
        let attempts = try await post.messaging.delivery(second, in: post.scope).attempts
        #expect(attempts.count == 1 && attempts[0].error?.contains(said) == true)
        #expect(attempts[0].status == nil && attempts[0].answer == nil, "nothing was asked, and nothing heard")

        resolver.point(port, to: "127.0.0.1")
        try await post.attempt(second)
        #expect(try await post.delivery(second).state == .delivered && receiver.requests.count == 2)
    }
}
