/// Where an object lies: `tenants/ten_…/recordings/2026/11/rcd_…/1.ghr`.
///
/// Parts of letters, digits and `. _ - = +`, none of which starts with a dot, joined by slashes: no key can climb out of
/// the root of a store, hide a file, or mean two things to two stores.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) throws(ObjectStoreError) {
        guard text.utf8.count <= 900 else { throw .badKey(text) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 32, parts.allSatisfy(Self.isPart) else { throw .badKey(text) }
        self.text = text
    }

    package var description: String { text }

    var parts: [String] { text.split(separator: "/").map(String.init) }

    package static func < (one: ObjectKey, other: ObjectKey) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, first != UInt8(ascii: "."), part.utf8.count <= 200 else { return false }
        return part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "="), UInt8(ascii: "+"):
                true
            default: false
            }
        }
    }
}

/// Why an object could not be stored or had.
package enum ObjectStoreError: Error, Equatable, CustomStringConvertible {
    /// Not of the form of a key.
    case badKey(String)
    /// There is no such object.
    case missing(ObjectKey)
    /// Too many calls at once: try again later.
    case busy
    /// The system refused.
    case system(operation: String, path: String, code: Int32)
    /// The store does not answer: try again later.
    case away(String)
    /// The store answered, and did not do it: credentials, bucket, or its own state.
    case refused(status: Int, code: String)

    package var description: String {
        switch self {
        case .badKey(let text): "\(text.debugDescription) is not an object key"
        case .missing(let key): "there is no object \(key)"
        case .busy: "the object store has too much to do"
        case .system(let operation, let path, let code): "\(operation) \(path) failed with error \(code)"
        case .away(let reason): "the object store is away: \(reason)"
        case .refused(let status, let code): "the object store refused with \(status) (\(code))"
        }
    }
}
