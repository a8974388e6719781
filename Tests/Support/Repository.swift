import Foundation

/// Where the files of the repository are while tests run.
package enum Repository {
    /// The folder with Package.swift.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)

    package static func path(_ relative: String) -> String {
        root.hasSuffix("/") ? root + relative : "\(root)/\(relative)"
    }

    package static func text(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }

    /// The paths of all files below a folder that end in a suffix, relative to the root, sorted.
    package static func files(below folder: String, ending suffix: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path(folder))?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
    }
}
