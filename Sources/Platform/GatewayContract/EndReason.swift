import Kernel

/// Why a session is over.
package enum EndReason: String, CaseIterable, WireValue {
    /// The program on the asset ended.
    case exited
    /// The person went away.
    case disconnected
    /// Somebody with the right to do so ended it.
    case terminated
    case grantRevoked = "grant-revoked"
    case grantEnded = "grant-ended"
    case userDisabled = "user-disabled"
    case tenantSuspended = "tenant-suspended"
    case idle
    case timeLimit = "time-limit"
    case connectFailed = "connect-failed"
    case hostKeyChanged = "host-key-changed"
    case recordingFailed = "recording-failed"
    case policy
    /// The worker could not reach the server for too long.
    case leaseLost = "lease-lost"
    /// The worker went away without a word.
    case workerLost = "worker-lost"
    /// The worker was stopped or drained.
    case workerStopped = "worker-stopped"
    case workerQuarantined = "worker-quarantined"
    case internalError = "internal-error"
}
