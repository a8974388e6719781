/// Events as bytes: `delta:varint channel:varint kind:u8 length:varint data`.
enum EventCoder {
    /// Appends an event; the journal passes 0 for `previous`, and so writes absolute times.
    static func append(_ event: RecordingEvent, after previous: UInt64, to bytes: inout [UInt8]) {
        VarInt.append(event.time - previous, to: &bytes)
        VarInt.append(UInt64(event.channel), to: &bytes)
        bytes.append(event.kind.rawValue)
        VarInt.append(UInt64(event.data.count), to: &bytes)
        bytes.append(contentsOf: event.data)
    }

    /// The events of a frame's body, whose first delta counts from `previous`, or of a journal record, whose times are
    /// absolute.
    static func decode(
        _ bytes: [UInt8], after previous: UInt64, absolute: Bool = false
    ) throws(ContainerFault.Reason) -> [RecordingEvent] {
        var events: [RecordingEvent] = []
        var offset = 0
        var base = absolute ? 0 : previous
        while offset < bytes.count {
            guard let delta = VarInt.read(bytes, at: &offset), let channel = VarInt.read(bytes, at: &offset),
                let channel = UInt32(exactly: channel), offset < bytes.count
            else { throw .events("an event is malformed") }
            let letter = bytes[offset]
            offset += 1
            guard let kind = RecordingEvent.Kind(rawValue: letter) else { throw .events("kind \(letter) is unknown") }
            guard let length = VarInt.read(bytes, at: &offset), length <= bytes.count - offset else {
                throw .events("an event is cut short")
            }
            let (time, overflow) = base.addingReportingOverflow(delta)
            guard !overflow, time <= Int64.max else { throw .events("a time is out of range") }
            let end = offset + Int(length)
            events.append(
                RecordingEvent(time: time, channel: channel, kind: kind, data: Array(bytes[offset..<end])))
            offset = end
            if !absolute { base = time }
        }
        return events
    }
}
