import Dispatch
package import Outbound
import Synchronization

/// Entries on their way from a directory's thread, which may block, to a task, which may not: two pages at a time, so
/// that reading and keeping overlap and neither runs away from the other.
package final class LDAPFeed<Source: Sendable>: Sendable {
    /// Which part of the directory the entries are of, or that all that came before is void: another server begins anew.
    package enum Item: Sendable {
        case begin
        case page(Source, [LDAPEntry])
    }

    private let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    /// Begins at none and is raised afterwards: a semaphore may not end below where it began.
    private let room = DispatchSemaphore(value: 0)
    private let isClosed = Mutex(false)
    private static var pages: Int { 2 }

    init() {
        (items, continuation) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .unbounded)
        for _ in 0..<Self.pages { room.signal() }
    }

    /// Hands a page over; blocks the thread until there is room for it.
    package func put(_ source: Source, _ entries: [LDAPEntry]) throws(LDAPError) {
        try put(.page(source, entries))
    }

    fileprivate func begin() throws(LDAPError) { try put(.begin) }

    private func put(_ item: Item) throws(LDAPError) {
        room.wait()
        guard !isClosed.withLock({ $0 }) else {
            room.signal()
            throw .notTaken
        }
        continuation.yield(item)
    }

    /// There is no more to come.
    fileprivate func end() { continuation.finish() }

    /// Nobody takes anything any more.
    fileprivate func close() {
        isClosed.withLock { $0 = true }
        room.signal()
    }

    fileprivate func forEach(_ take: (Item) async throws -> Void) async throws {
        for await item in items {
            try await take(item)
            room.signal()
        }
    }
}

extension LDAPClient {
    /// Runs a job that feeds entries to `take`, which gets them in order. Throws if the job did not come to its end.
    package func feed<Source: Sendable>(
        _ directory: LDAPDirectory, for party: String, egress: EgressPolicy,
        _ job: @escaping @Sendable (LDAPConnection, LDAPFeed<Source>) throws(LDAPError) -> Void,
        take: (LDAPFeed<Source>.Item) async throws -> Void
    ) async throws {
        let feed = LDAPFeed<Source>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { feed.end() }
                try await self.run(directory, for: party, egress: egress) { connection throws(LDAPError) in
                    try feed.begin()
                    try job(connection, feed)
                }
            }
            do {
                try await feed.forEach(take)
            } catch {
                feed.close()
                throw error
            }
            feed.close()
            try await group.waitForAll()
            try Task.checkCancellation()
        }
    }
}
