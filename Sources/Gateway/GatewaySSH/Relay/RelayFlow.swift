/// How far the bytes at the front of a queue have come: recorded, and free to be relayed. In strict mode a byte becomes
/// free when the disk has it.
struct RelayFlow {
    private(set) var recorded = 0
    private(set) var released = 0
    private var waiting: [(position: UInt64, count: Int)] = []

    /// Bytes were recorded. They are free at once, or when their position is durable.
    mutating func record(_ count: Int, position: UInt64, isStrict: Bool) {
        recorded += count
        if isStrict { waiting.append((position, count)) } else { released += count }
    }

    /// The disk has everything up to a position.
    mutating func becameDurable(_ position: UInt64) {
        while let first = waiting.first, first.position <= position {
            released += first.count
            waiting.removeFirst()
        }
    }

    /// Bytes were relayed and taken off the queue.
    mutating func relay(_ count: Int) {
        recorded -= count
        released -= count
    }
}
