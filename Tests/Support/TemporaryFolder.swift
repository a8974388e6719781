import Foundation
import Glibc

/// A new folder that disappears with this object, and at the latest with this process.
package final class TemporaryFolder: Sendable {
    package let path: String
    private let cleanUp: Keeper.Task

    package init(prefix: String = "gatehouse-test") {
        path = Self.make(prefix: prefix, isKept: true)
        cleanUp = Keeper.atEnd("rm -rf '\(path)'")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        cleanUp.takeBack()
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Short, because the path of a unix socket has room for 107 bytes.
    static func make(prefix: String, isKept: Bool) -> String {
        var template = Array("/tmp/\(prefix)-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no folder can be made in /tmp")
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
