import Foundation

/// A CAS server that does as it is told, in a process of its own; `lying_cas.py` says how it can lie.
package final class LyingCAS: Sendable {
    package let port: Int
    private let process: ChildProcess

    package init() async throws {
        process = try ChildProcess(["python3", Repository.path("Tests/Support/lying_cas.py")])
        port = try await process.port()
    }

    package var url: String { "http://127.0.0.1:\(port)" }
}

/// A proxy that keeps what others post through it, and forwards nothing; `post_catcher.py`.
package final class PostCatcher: Sendable {
    package struct Post: Sendable {
        package let address: String
        package let mediaType: String
        package let body: String
    }

    package let port: Int
    private let process: ChildProcess

    package init() async throws {
        process = try ChildProcess(["python3", Repository.path("Tests/Support/post_catcher.py")])
        port = try await process.port()
    }

    package var posts: [Post] {
        process.output.split(separator: "\n").dropFirst().compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            return parts.count == 3 ? Post(address: parts[0], mediaType: parts[1], body: parts[2]) : nil
        }
    }
}
