import Dispatch

/// Threads for the few calls of libpq that block: opening, cancelling, migrating. Neither the loop nor the cooperative
/// pool may wait for them.
enum BlockingCalls {
    private static let queue = DispatchQueue(label: "gatehouse.postgres.blocking", attributes: .concurrent)

    static func start(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
