package import Kernel

/// Who reacts to events. It may hear the same event twice (its id tells), and hears those of one tenant in order.
package struct EventSubscriber: Sendable {
    package typealias Handler = @Sendable (TenantScope, DomainEvent) async throws -> Void

    package let name: String
    /// The types it wants, such as `ticket.approved` or `ticket.*`; nil for all.
    private let types: [String]?
    let handle: Handler

    /// The handler should be quick: what takes long, or waits for others, it enqueues as a job.
    package init(_ name: String, types: [String]? = nil, handle: @escaping Handler) {
        self.name = name
        self.types = types
        self.handle = handle
    }

    func wants(_ type: String) -> Bool {
        guard let types else { return true }
        return types.contains { pattern in
            pattern.hasSuffix(".*") ? type.hasPrefix(pattern.dropLast()) : pattern == type
        }
    }
}
