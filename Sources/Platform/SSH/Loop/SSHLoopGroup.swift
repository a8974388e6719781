/// The loops of a process. A connection stays on the loop it was given for its whole life.
package final class SSHLoopGroup: Sendable {
    package let loops: [SSHLoop]

    /// `count` loops; one per core is right.
    package init(count: Int, name: String = "ssh") throws {
        loops = try (0..<max(1, count)).map { try SSHLoop(name: "\(name)-\($0)") }
    }

    package func start() {
        for loop in loops { loop.start() }
    }

    package func stop() {
        for loop in loops { loop.stop() }
    }

    /// The loop with the fewest connections.
    package func next() -> SSHLoop {
        var best = loops[0]
        for loop in loops where loop.load < best.load { best = loop }
        return best
    }
}
