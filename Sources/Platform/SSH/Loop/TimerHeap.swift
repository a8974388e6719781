/// A pending call; cancelling it twice, or late, does nothing.
package final class LoopTimer {
    fileprivate let deadline: Int
    fileprivate let number: Int
    fileprivate var body: (() -> Void)?

    fileprivate init(deadline: Int, number: Int, body: @escaping () -> Void) {
        self.deadline = deadline
        self.number = number
        self.body = body
    }

    package func cancel() {
        body = nil
    }
}

/// A binary heap of timers by deadline, in milliseconds of the monotonic clock. Cancelled ones leave when they are due.
struct TimerHeap {
    private var heap: [LoopTimer] = []
    private var count = 0

    mutating func add(at deadline: Int, _ body: @escaping () -> Void) -> LoopTimer {
        count += 1
        let timer = LoopTimer(deadline: deadline, number: count, body: body)
        heap.append(timer)
        var index = heap.count - 1
        while index > 0, precedes(index, (index - 1) / 2) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
        return timer
    }

    /// How long to wait for the next one, as `epoll_wait` wants it.
    mutating func wait(from now: Int) -> Int32 {
        while let first = heap.first, first.body == nil { removeFirst() }
        guard let first = heap.first else { return -1 }
        return Int32(clamping: max(0, first.deadline - now))
    }

    /// Takes out what is due, in order.
    mutating func due(at now: Int) -> [() -> Void] {
        var bodies: [() -> Void] = []
        while let first = heap.first, first.deadline <= now {
            // Read when it is called, so that one timer can still cancel another that is due in the same turn.
            bodies.append {
                let body = first.body
                first.body = nil
                body?()
            }
            removeFirst()
        }
        return bodies
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && precedes(child, least) {
                least = child
            }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].deadline, heap[left].number) < (heap[right].deadline, heap[right].number)
    }
}
