import Foundation

/// Programs that Python packages carry, beside the interpreter that the tests are told of.
package enum TestTools {
    /// The program's path, or nil on a machine without it.
    package static func path(_ name: String) -> String? {
        guard let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] else { return nil }
        let path = URL(filePath: python).deletingLastPathComponent().appending(path: name).path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
