import CLibPQ

/// The values of one statement, encoded into one buffer.
struct Binds {
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) throws(DatabaseError) {
        offsets.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        formats.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            switch value {
            case .null: offsets.append(-1)
            // Bytes travel as they are: no hexadecimal, half the traffic.
            case .bytes(let octets):
                offsets.append(start)
                bytes.append(contentsOf: octets)
            default:
                offsets.append(start)
                try value.appendText(to: &bytes)
            }
            lengths.append(Int32(bytes.count - start))
            if case .bytes = value { formats.append(1) } else { formats.append(0) }
            bytes.append(0)
        }
    }

    /// Queues the execution of a prepared statement with these values; false when the connection is gone.
    func send(_ name: String, on connection: OpaquePointer) -> Bool {
        guard !offsets.isEmpty else {
            return PQsendQueryPrepared(connection, name, 0, nil, nil, nil, 0) == 1
        }
        return bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: offsets.count) { values in
                for (index, offset) in offsets.enumerated() {
                    values.initializeElement(at: index, to: offset < 0 ? nil : base.map { $0 + offset })
                }
                return PQsendQueryPrepared(
                    connection, name, Int32(offsets.count), values.baseAddress, lengths, formats, 0) == 1
            }
        }
    }
}
