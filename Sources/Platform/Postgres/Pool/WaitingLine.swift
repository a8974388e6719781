/// Who waits for a connection, first come first served. Leaving the line from the middle costs nothing.
struct WaitingLine<Waiter> {
    private var waiters: [UInt64: Waiter] = [:]
    private var order: [UInt64] = []
    private var head = 0
    private var last: UInt64 = 0

    var isEmpty: Bool { waiters.isEmpty }
    var count: Int { waiters.count }

    /// The number is chosen before, so that a cancellation can name it.
    mutating func nextNumber() -> UInt64 {
        last += 1
        return last
    }

    mutating func append(_ waiter: Waiter, _ number: UInt64) {
        waiters[number] = waiter
        order.append(number)
    }

    mutating func remove(_ number: UInt64) -> Waiter? {
        waiters.removeValue(forKey: number)
    }

    var first: Waiter? {
        mutating get {
            skipGaps()
            return head < order.count ? waiters[order[head]] : nil
        }
    }

    mutating func popFirst() -> Waiter? {
        skipGaps()
        guard head < order.count else { return nil }
        defer { head += 1 }
        return waiters.removeValue(forKey: order[head])
    }

    mutating func removeAll() -> [Waiter] {
        var all: [Waiter] = []
        while let waiter = popFirst() { all.append(waiter) }
        return all
    }

    private mutating func skipGaps() {
        while head < order.count, waiters[order[head]] == nil { head += 1 }
        if head > 64, head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
    }
}
