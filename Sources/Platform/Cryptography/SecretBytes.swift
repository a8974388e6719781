import Glibc

/// Secret bytes in memory of their own, overwritten with zeros when the last owner lets go.
///
/// An array may be copied by the runtime at any write, and its freed storage keeps the secret; this never moves.
// Safe because the buffer is written only in `init`, before anybody else can see it.
package final class SecretBytes: @unchecked Sendable {
    private let storage: UnsafeMutableRawBufferPointer

    /// Copies the bytes; the caller's own copy is the caller's to forget.
    package init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(byteCount: bytes.count, alignment: 16)
        storage.copyBytes(from: bytes)
    }

    deinit {
        if let start = storage.baseAddress { explicit_bzero(start, storage.count) }
        storage.deallocate()
    }

    package var count: Int { storage.count }

    /// Lends the bytes for the time of a call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// A copy as an array, for interfaces that take nothing else.
    package func reveal() -> [UInt8] { Array(storage) }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
