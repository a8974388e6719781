import Foundation
import Kernel

/// A file that holds one JSON value.
enum JSONFile {
    static func read(_ path: String) throws -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        guard let json = try? JSONParser.parse(Array(data)) else { throw CommandFailure("\(path) is no JSON.") }
        return json
    }
}
