import CZlib

/// DEFLATE without a header, as the redirect binding has it (bindings §3.4.4.1).
enum Deflate {
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard zlib_begin_deflate(&stream) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        return run(bytes, room: room, &stream) { deflate($0, Z_FINISH) }
    }

    /// Nil for what is no DEFLATE, does not end, has something behind it, or is longer than the limit.
    static func expanded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var stream = z_stream()
        guard zlib_begin_inflate(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        return run(bytes, room: limit, &stream) { inflate($0, Z_FINISH) }
    }

    private static func run(
        _ bytes: [UInt8], room: Int, _ stream: inout z_stream, _ step: (UnsafeMutablePointer<z_stream>) -> CInt
    ) -> [UInt8]? {
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source -> [UInt8]? in
            var isDone = false
            let output = [UInt8](unsafeUninitializedCapacity: room) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(room)
                isDone = step(&stream) == Z_STREAM_END && stream.avail_in == 0
                count = room - Int(stream.avail_out)
            }
            return isDone ? output : nil
        }
    }
}
