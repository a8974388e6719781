import Foundation

/// HAProxy on loopback, in front of one port.
package final class TestBalancer: Sendable {
    /// How it passes connections on.
    package enum Way: String, Sendable, CaseIterable {
        /// Without a word.
        case silent
        case one = "send-proxy"
        case two = "send-proxy-v2"
        /// With fields after the addresses.
        case fields = "send-proxy-v2 proxy-v2-options crc32c,unique-id"

        /// Where it says who is there, it asks whether we are alive in the same way, for itself.
        fileprivate var isAsking: Bool { self != .silent }
        fileprivate var socket: String { "\(rawValue.count).sock" }
    }

    private let ports: [Way: (four: Int, six: Int)]
    private let statistics: Int
    private let process: ChildProcess
    private let folder = TemporaryFolder(prefix: "haproxy")

    package init(before target: Int) async throws {
        ports = Dictionary(
            uniqueKeysWithValues: Way.allCases.map { ($0, (four: FreePort.next(), six: FreePort.next())) })
        statistics = FreePort.next()
        var lines = [
            "global", "maxconn 200", "defaults", "mode tcp", "timeout connect 5s", "timeout client 60s",
            "timeout server 60s", "frontend statistics", "mode http", "bind 127.0.0.1:\(statistics)", "stats enable",
            "stats uri /",
        ]
        for (name, (way, port)) in ports.sorted(by: { $0.key.rawValue < $1.key.rawValue }).enumerated() {
            lines += ["listen way\(name)", "bind 127.0.0.1:\(port.four)", "bind [::1]:\(port.six)"]
            if way == .fields { lines.append("unique-id-format %{+X}o%ci:%cp") }
            if way.isAsking {
                lines += [
                    "bind \(folder.file(way.socket))", "option tcp-check", "tcp-check expect rstring ^SSH-2.0",
                ]
            }
            let check = way.isAsking ? "check check-send-proxy inter 200ms" : ""
            lines.append(
                "server gate\(way.isAsking ? "-asked" : "") 127.0.0.1:\(target) \(way == .silent ? "" : way.rawValue) \(check)"
            )
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder.file("config")))
        process = try ChildProcess(["/usr/sbin/haproxy", "-db", "-f", folder.file("config")])
        let (process, port) = (process, statistics)
        try await eventually("HAProxy listens or gives up") { process.hasEnded || Loopback.accepts(port) }
        guard !process.hasEnded else { throw DidNotHappen(description: "HAProxy starts: \(process.output)") }
    }

    /// Where clients come in, by IPv4.
    package func port(_ way: Way) -> Int { ports[way]!.four }

    /// The same by IPv6.
    package func port6(_ way: Way) -> Int { ports[way]!.six }

    /// The same by a unix socket, where nobody has an address.
    package func path(_ way: Way) -> String { folder.file(way.socket) }

    /// What it found when it asked whether we are alive: one word for each way in which it asks.
    package var health: [String] {
        get async throws {
            let table = try await ChildProcess.run(["curl", "-sS", "http://127.0.0.1:\(statistics)/;csv"])
            let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            guard let column = rows.first?.firstIndex(of: "check_status") else { return [] }
            return rows.filter { $0.count > column && $0[1] == "gate-asked" }.map { String($0[column]) }
        }
    }

    package func stop() async {
        await process.stop()
    }
}
