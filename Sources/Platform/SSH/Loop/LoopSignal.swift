/// Lets one task of an actor on a loop wait until something happens there. A signal that fires while nobody waits is
/// remembered once.
package final class LoopSignal {
    private var waiter: CheckedContinuation<Void, Never>?
    private var isFired = false

    package init() {}

    package func fire() {
        guard let waiter else {
            isFired = true
            return
        }
        self.waiter = nil
        waiter.resume()
    }

    /// Wakes whoever waits, and is not remembered if nobody does.
    func fireIfAwaited() {
        if waiter != nil { fire() }
    }

    package nonisolated(nonsending) func wait() async {
        if isFired {
            isFired = false
            return
        }
        precondition(waiter == nil, "two tasks wait for one signal")
        await withCheckedContinuation { waiter = $0 }
    }
}
