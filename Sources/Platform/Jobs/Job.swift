package import Kernel

/// A piece of work that a handler has been given, for a limited time.
package struct Job: Sendable, Equatable {
    package let id: JobID
    package let kind: String
    package let payload: JSON
    /// The tenant for which it is done, if it is for one.
    package let tenant: TenantID?
    /// 1 for the first try.
    package let attempt: Int
    package let maxAttempts: Int
}

/// What a handler throws when the usual retries are not right.
package enum JobFailure: Error, Equatable {
    /// It will never work: the job is dead at once.
    case giveUp(String)
    /// The other side said when to come again.
    case tryAgain(after: Duration, String)
}
