/// A place for large things that are written once: recordings, receipts, exports.
package protocol ObjectStore: Sendable {
    /// Stores the bytes under the key, in place of what was there. They are durable when it returns; nobody ever sees a
    /// part of them.
    func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws

    /// The bytes, or `ObjectStoreError.missing`.
    func get(_ key: ObjectKey) async throws -> [UInt8]

    /// The keys that start with the text, in the order of their bytes. An empty prefix lists everything.
    func list(prefix: String) async throws -> [ObjectKey]

    /// Removes the object; it is no error if there is none.
    func delete(_ key: ObjectKey) async throws
}
