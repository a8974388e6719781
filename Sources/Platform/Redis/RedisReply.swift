import CHiredis

/// A reply in RESP2. An error inside of an array is a value; an error as the whole reply is thrown.
package enum RedisReply: Sendable, Hashable {
    case status(String)
    case bulk([UInt8])
    case integer(Int)
    case null
    case array([RedisReply])
    case error(code: String)

    /// The text of a status or of a bulk string that is UTF-8.
    package var text: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(validating: bytes, as: UTF8.self)
        case .integer, .null, .array, .error: nil
        }
    }

    package var int: Int? {
        if case .integer(let value) = self { value } else { nil }
    }
}

extension RedisReply {
    /// Copies what hiredis has parsed. Its reader limits how deep arrays are nested.
    init(_ raw: redisReply) {
        switch raw.type {
        case REDIS_REPLY_STRING: self = .bulk(Array(Self.bytes(raw)))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(raw), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(Int(raw.integer))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: raw.element, count: Int(raw.elements))
            self = .array(elements.map { element in element.map { RedisReply($0.pointee) } ?? .null })
        case REDIS_REPLY_ERROR:
            let word = Self.bytes(raw).prefix { $0 != UInt8(ascii: " ") }
            self = .error(code: String(decoding: word, as: UTF8.self))
        default: self = .null
        }
    }

    private static func bytes(_ raw: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: raw.str, count: Int(raw.len))
    }
}
