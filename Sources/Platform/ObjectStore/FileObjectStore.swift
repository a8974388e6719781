import Kernel

/// An object store in a folder: each object is a file, readable by this process's user only.
package final class FileObjectStore: ObjectStore {
    private let root: String
    private let pool: BlockingPool

    /// Makes the folder if it is not there.
    package init(root: String, threads: Int = 4, waiting: Int = 1024) throws(ObjectStoreError) {
        self.root = root
        pool = BlockingPool(threads: threads, waiting: waiting)
        _ = try Folder(creatingRoot: root)
    }

    package func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws {
        try await run { root in
            let parts = key.parts
            let folder = try root.descend(parts.dropLast(), creating: true)
            try folder.replace(parts[parts.count - 1], with: bytes)
        }
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8] {
        try await run { root in
            let parts = key.parts
            guard let folder = try root.descendIfThere(parts.dropLast()),
                let bytes = try folder.contents(of: parts[parts.count - 1])
            else { throw ObjectStoreError.missing(key) }
            return bytes
        }
    }

    package func list(prefix: String) async throws -> [ObjectKey] {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // All but the last part name folders, and have to be as strict as a key; the last one may be cut anywhere.
        let folder = try parts.dropLast().isEmpty ? [] : ObjectKey(parts.dropLast().joined(separator: "/")).parts
        if let last = parts.last, !last.isEmpty { _ = try ObjectKey(last) }
        return try await run { root in
            guard let start = try root.descendIfThere(folder[...]) else { return [] }
            var keys: [ObjectKey] = []
            try start.walk(under: folder) { path in
                if path.hasPrefix(prefix) { keys.append(try ObjectKey(path)) }
            }
            return keys.sorted()
        }
    }

    package func delete(_ key: ObjectKey) async throws {
        try await run { root in
            let parts = key.parts
            try root.descendIfThere(parts.dropLast())?.remove(parts[parts.count - 1])
        }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable (Folder) throws -> Value) async throws -> Value {
        do {
            return try await pool.run { [root] in try body(Folder(creatingRoot: root)) }
        } catch is BlockingPool.Busy {
            throw ObjectStoreError.busy
        }
    }
}
