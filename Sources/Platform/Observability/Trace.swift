/// Which request the running task works for; every log line of that task says so.
package struct Trace: Sendable, Hashable {
    /// 32 hex digits, as in `traceparent` (W3C Trace Context).
    package let id: String
    package let tenant: String?

    package init(id: String, tenant: String? = nil) {
        self.id = id
        self.tenant = tenant
    }

    @TaskLocal package static var current: Trace?
}

extension Trace {
    /// The trace id of a `traceparent` header, if it is one: version 00, ids that are not all zero.
    package static func id(traceparent: String) -> String? {
        let bytes = Array(traceparent.utf8)
        guard bytes.count == 55, bytes.starts(with: "00-".utf8), bytes[35] == dash, bytes[52] == dash,
            bytes[3..<35].allSatisfy(isHex), bytes[36..<52].allSatisfy(isHex), bytes[53...].allSatisfy(isHex),
            bytes[3..<35].contains(where: { $0 != zero }), bytes[36..<52].contains(where: { $0 != zero })
        else { return nil }
        return String(decoding: bytes[3..<35], as: UTF8.self)
    }

    /// A fresh random trace id.
    package static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return hex(random.next()) + hex(random.next() | 1)
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")

    private static func isHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func hex(_ number: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - index * 4)) & 15
                buffer[index] = digit < 10 ? zero + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }
}
