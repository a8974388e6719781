import Crypto

/// The key at the top: it wraps the tenants' keys and nothing else.
package struct MasterKey: Sendable {
    /// Says which master key wrapped something; tells nothing about the key.
    package let id: String
    private let key: DataKey

    private init(_ key: DataKey) {
        self.key = key
        let hash = key.reveal().withBytes { Hash256.of(Array("gatehouse master key id".utf8), Array($0)) }
        id = "mk1_" + hash.hex.prefix(16)
    }

    /// A key that lives only in memory, for tests and trial runs.
    package static func ephemeral() -> MasterKey { MasterKey(DataKey()) }

    /// Reads the key file, or makes one if there is none.
    ///
    /// The file must belong to this process's user and be closed to everybody else (0600 or 0400). Two processes that
    /// start together agree on one key. Losing the file loses every secret in the database.
    package init(loadingOrCreating path: String) throws(MasterKeyError) {
        let file = MasterKeyFile(path: path)
        if let text = try file.read() {
            try self.init(text: text, path: path)
            return
        }
        let fresh = MasterKey(DataKey())
        if try file.create(text: fresh.text) {
            self = fresh
            return
        }
        guard let text = try file.read() else { throw .system(path: path, operation: "open", code: 2) }
        try self.init(text: text, path: path)
    }

    /// Reads the key file, which must be there.
    package init(loading path: String) throws(MasterKeyError) {
        guard let text = try MasterKeyFile(path: path).read() else {
            throw .system(path: path, operation: "open", code: 2)
        }
        try self.init(text: text, path: path)
    }

    private static let marker = "gatehouse-master-key-1 "

    private var text: String { Self.marker + key.reveal().withBytes { Base64URL.encode($0) } + "\n" }

    private init(text: String, path: String) throws(MasterKeyError) {
        guard text.hasPrefix(Self.marker), text.hasSuffix("\n"),
            let bytes = Base64URL.decode(String(text.dropFirst(Self.marker.count).dropLast())),
            let key = try? DataKey(bytes)
        else { throw .malformed(path: path) }
        self.init(key)
    }

    func wrap(_ bytes: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        try key.seal(bytes, associated: associated)
    }

    func unwrap(_ sealed: [UInt8], associated: [UInt8]) throws(SealError) -> [UInt8] {
        try key.open(sealed, associated: associated)
    }
}

extension MasterKey: CustomStringConvertible, CustomReflectable {
    package var description: String { id }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// Why the master key could not be had, with what to do about it.
package enum MasterKeyError: Error, Equatable, CustomStringConvertible {
    case permissions(path: String, mode: UInt32)
    case owner(path: String, user: UInt32)
    case notAFile(path: String)
    case malformed(path: String)
    case system(path: String, operation: String, code: Int32)

    package var description: String {
        switch self {
        case .permissions(let path, let mode):
            "\(path) can be read by others (mode \(String(mode, radix: 8))): run chmod 600, and think about who has read it"
        case .owner(let path, let user): "\(path) belongs to user \(user), not to the user of this process"
        case .notAFile(let path): "\(path) is not a regular file (a link is refused too)"
        case .malformed(let path): "\(path) is not a master key file, or it is damaged: restore it from the backup"
        case .system(let path, let operation, let code): "\(operation) \(path) failed with error \(code)"
        }
    }
}
