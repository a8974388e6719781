import Kernel

/// What Feishu sends over its long connection, and takes.
struct FeishuFrame: Sendable, Equatable {
    struct Header: Sendable, Equatable {
        let key: String
        let value: String
    }

    /// What kinds of frames there are.
    static let control: Int32 = 0
    static let data: Int32 = 1
    static let mostHeaders = 64

    var sequence: UInt64 = 0
    var log: UInt64 = 0
    var service: Int32
    var method: Int32
    var headers: [Header] = []
    var payloadEncoding: String?
    var payloadType: String?
    var payload: [UInt8]?
    var newLog: String?

    /// The header of that name which stands first.
    subscript(key: String) -> String? { headers.first { $0.key == key }?.value }
}

extension FeishuFrame {
    init(_ bytes: [UInt8]) throws(ProtobufFault) {
        var reader = ProtobufReader(bytes[...])
        var numbers: [Int: UInt64] = [:]
        self.init(service: 0, method: 0)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1...4, .number(let number)): numbers[field] = number
            case (5, .bytes(let bytes)):
                guard headers.count < Self.mostHeaders else { throw ProtobufFault() }
                headers.append(try Header(bytes))
            case (6, .bytes(let bytes)): payloadEncoding = try Self.text(bytes)
            case (7, .bytes(let bytes)): payloadType = try Self.text(bytes)
            case (8, .bytes(let bytes)): payload = Array(bytes)
            case (9, .bytes(let bytes)): newLog = try Self.text(bytes)
            case (1...9, _): throw ProtobufFault()
            default: continue
            }
        }
        guard let sequence = numbers[1], let log = numbers[2], let service = numbers[3], let method = numbers[4] else {
            throw ProtobufFault()
        }
        (self.sequence, self.log) = (sequence, log)
        (self.service, self.method) = (Int32(truncatingIfNeeded: service), Int32(truncatingIfNeeded: method))
    }

    var bytes: [UInt8] {
        var writer = ProtobufWriter()
        writer.put(1, sequence)
        writer.put(2, log)
        writer.put(3, UInt64(bitPattern: Int64(service)))
        writer.put(4, UInt64(bitPattern: Int64(method)))
        for header in headers { writer.put(5, header.bytes) }
        if let payloadEncoding { writer.put(6, payloadEncoding.utf8) }
        if let payloadType { writer.put(7, payloadType.utf8) }
        if let payload { writer.put(8, payload) }
        if let newLog { writer.put(9, newLog.utf8) }
        return writer.bytes
    }

    fileprivate static func text(_ bytes: ArraySlice<UInt8>) throws(ProtobufFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ProtobufFault() }
        return text
    }
}

extension FeishuFrame.Header {
    fileprivate init(_ bytes: ArraySlice<UInt8>) throws(ProtobufFault) {
        var reader = ProtobufReader(bytes)
        var texts: [Int: String] = [:]
        while let (field, value) = try reader.next() {
            guard 1...2 ~= field else { continue }
            guard case .bytes(let bytes) = value else { throw ProtobufFault() }
            texts[field] = try FeishuFrame.text(bytes)
        }
        guard let key = texts[1], let value = texts[2] else { throw ProtobufFault() }
        self.init(key: key, value: value)
    }

    fileprivate var bytes: [UInt8] {
        var writer = ProtobufWriter()
        writer.put(1, key.utf8)
        writer.put(2, value.utf8)
        return writer.bytes
    }
}
