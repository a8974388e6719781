import Foundation
import Glibc

/// A new folder that disappears with this object, and at the latest with this process.
package final class TemporaryFolder: Sendable {
    package let path: String
    private let cleanUp: Keeper.Task

    /// - Parameter inMemory: where the system keeps files in memory, if it does and there is room: for what makes and
    ///   removes many.
    package init(prefix: String = "gatehouse-test", inMemory: Bool = false) {
        path = Self.make(prefix: prefix, in: inMemory ? Self.memory : "/tmp")
        cleanUp = Keeper.atEnd("rm -rf '\(path)'")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        cleanUp.takeBack()
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Short, because the path of a unix socket has room for 107 bytes.
    static func make(prefix: String, in parent: String = "/tmp") -> String {
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no folder can be made in \(parent)")
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let memory: String = {
        var facts = statvfs()
        guard statvfs("/dev/shm", &facts) == 0, access("/dev/shm", W_OK) == 0,
            UInt64(facts.f_bavail) * UInt64(facts.f_frsize) > 2 << 30
        else { return "/tmp" }
        return "/dev/shm"
    }()
}
