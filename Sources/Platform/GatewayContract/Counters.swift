extension Counters {
    /// JSON numbers are exact up to here (RFC 8259 §6).
    package static let most = (1 << 53) - 1
    package static let range = 0...most

    package static let zero = Counters(seconds: 0, bytesIn: 0, bytesOut: 0, recordedBytes: 0, commands: 0)

    /// The larger of each: a report that arrives late takes nothing back.
    package func advanced(to newer: Counters) -> Counters {
        Counters(
            seconds: max(seconds, newer.seconds), bytesIn: max(bytesIn, newer.bytesIn),
            bytesOut: max(bytesOut, newer.bytesOut), recordedBytes: max(recordedBytes, newer.recordedBytes),
            commands: max(commands, newer.commands))
    }
}
