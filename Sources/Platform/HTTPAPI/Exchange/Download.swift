/// A file to download, whole or as it is produced.
package struct Download: Sendable {
    package let fileName: String
    /// The media type, if it is not the one that the endpoint declares.
    package let mediaType: String?
    package let size: Int?
    let send: @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void

    /// A file that is produced while it is sent. If it fails on the way, the connection breaks, so that the client
    /// notices.
    package init(
        fileName: String, mediaType: String? = nil, size: Int? = nil,
        chunks: AsyncThrowingStream<[UInt8], any Error>
    ) {
        self.fileName = fileName
        self.mediaType = mediaType
        self.size = size
        send = { write in
            for try await chunk in chunks { try await write(chunk) }
        }
    }

    /// A file that is there.
    package init(fileName: String, mediaType: String? = nil, bytes: [UInt8]) {
        self.fileName = fileName
        self.mediaType = mediaType
        size = bytes.count
        send = { write in try await write(bytes) }
    }

    /// RFC 6266: an ASCII name for all, and the whole name in UTF-8 for those who can read it.
    var disposition: String {
        let isPlain: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        let plain = String(decoding: fileName.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        guard plain != fileName else { return "attachment; filename=\"\(plain)\"" }
        let encoded = fileName.utf8.map { byte -> String in
            if isPlain(byte) { return String(UnicodeScalar(byte)) }
            let hex = String(byte, radix: 16, uppercase: true)
            return hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
        }
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded.joined())"
    }
}

/// Where a browser goes on.
package struct Onward: Sendable {
    let address: String

    package init(to address: String) {
        self.address = address
    }
}

/// One event of a stream, with what a client needs to resume after it.
package struct ServerSent<Event: Sendable>: Sendable {
    package let event: Event
    package let id: String?
    package let name: String?

    package init(_ event: Event, id: String? = nil, name: String? = nil) {
        self.event = event
        self.id = id
        self.name = name
    }

    func frame(_ json: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(json.count + 64)
        if let id { frame += Array("id: \(id.oneLine)\n".utf8) }
        if let name { frame += Array("event: \(name.oneLine)\n".utf8) }
        return frame + Array("data: ".utf8) + json + Array("\n\n".utf8)
    }
}

extension String {
    /// A line break would end the field and start another.
    fileprivate var oneLine: String {
        String(decoding: utf8.filter { $0 >= 0x20 }, as: UTF8.self)
    }
}
