import Foundation
import Glibc

/// Where an export goes: standard output, or a file that only its owner may read and that appears when it is whole.
final class ExportSink {
    private let path: String?
    private let file: FileHandle
    private(set) var count = 0

    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            file = .standardOutput
            return
        }
        let descriptor = open("\(path).part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path).part cannot be created: \(String(cString: strerror(errno))).")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func write(_ bytes: [UInt8]) throws {
        count += bytes.count
        try file.write(contentsOf: Data(bytes))
    }

    func finish() throws {
        guard let path else { return }
        try file.close()
        guard rename("\(path).part", path) == 0 else {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
