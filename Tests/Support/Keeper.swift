import Foundation
import Glibc
import Synchronization

/// Cleans up after this process, however it ends: a small shell that waits until its standard input is closed, which
/// the system does even for a process that crashed, and then runs what was left in its folder.
enum Keeper {
    private static let folder: String = {
        let folder = TemporaryFolder.make(prefix: "gatehouse-keeper")
        var ends: [Int32] = [0, 0]
        // The writing end closes on exec, so that no child of ours keeps the keeper waiting.
        precondition(pipe(&ends) == 0, "no pipe for the keeper")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let script = """
            trap '' INT TERM HUP
            cat > /dev/null
            for task in $(ls -r "$1"); do sh "$1/$task"; done
            rm -rf "$1"
            """
        _ = try! Spawn.start(["/bin/sh", "-c", script, "keeper", folder], input: ends[0])
        Glibc.close(ends[0])
        return folder
    }()
    private static let last = Mutex(0)

    /// Remembers a shell command for the end; the answer takes it back.
    static func atEnd(_ command: String) -> Task {
        let number = last.withLock { last in
            last += 1
            return last
        }
        // The last comes first: a server is stopped before its folder goes.
        let path = "\(folder)/\(1_000_000 + number)"
        _ = FileManager.default.createFile(atPath: path, contents: Data(command.utf8))
        return Task(path: path)
    }

    struct Task: Sendable {
        fileprivate let path: String

        func takeBack() {
            unlink(path)
        }
    }
}
