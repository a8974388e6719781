import CZstd

/// libzstd, one frame at a time.
enum Zstandard {
    private static let level: Int32 = 3

    /// The most that compressing so many bytes can give.
    static func bound(_ count: Int) -> Int { ZSTD_compressBound(count) }

    static func compress(_ bytes: [UInt8]) throws(RecordingError) -> [UInt8] {
        var failure: String?
        let compressed = [UInt8](unsafeUninitializedCapacity: bound(bytes.count)) { buffer, count in
            let code = ZSTD_compress(buffer.baseAddress, buffer.count, bytes, bytes.count, level)
            if ZSTD_isError(code) == 0 {
                count = code
            } else {
                failure = String(cString: ZSTD_getErrorName(code))
            }
        }
        if let failure { throw .codec("compressing: \(failure)") }
        return compressed
    }

    /// Exactly `count` bytes, or nil.
    static func decompress(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        var complete = false
        let plain = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, written in
            let code = ZSTD_decompress(buffer.baseAddress, count, bytes, bytes.count)
            complete = ZSTD_isError(code) == 0 && code == count
            written = complete ? count : 0
        }
        return complete ? plain : nil
    }
}
