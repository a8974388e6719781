import GatewayContract

/// What a provider may do with a worker. Pure.
package enum WorkerOrder: String, Sendable {
    /// Takes no new sessions; those that run go on.
    case drain
    /// Works again.
    case resume
    /// Is trusted no more: its sessions end, its tokens are worth nothing.
    case quarantine
    /// Is gone for good; its name is free.
    case remove

    /// The state after it, or nil if the worker is not in a state for it.
    func state(after state: WorkerState) -> WorkerState? {
        switch (self, state) {
        case (_, .removed): nil
        case (.drain, .active): .draining
        case (.resume, .draining), (.resume, .quarantined): .active
        case (.quarantine, .active), (.quarantine, .draining): .quarantined
        case (.remove, _): .removed
        case (.drain, _), (.resume, _), (.quarantine, _): nil
        }
    }
}

extension WorkerState {
    /// Whether a worker in this state is spoken with at all.
    package var isServed: Bool { self == .active || self == .draining }
}
