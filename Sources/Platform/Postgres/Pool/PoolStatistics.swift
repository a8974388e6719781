/// How busy the connections are, for metrics and readiness.
package struct PoolStatistics: Sendable, Equatable {
    package let idle: Int
    package let busy: Int
    package let waiting: Int

    package init(idle: Int, busy: Int, waiting: Int) {
        self.idle = idle
        self.busy = busy
        self.waiting = waiting
    }
}
