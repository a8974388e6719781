import Kernel
import Synchronization

/// So many requests of tenants are worked on at once. One that sends a thousand has them wait behind each other, and not
/// in front of somebody else's single one; nor does it hold every connection of the database.
///
/// Whoever is not signed in stands in a line of their own at each tenant: passwords take long to check, and whoever
/// floods a portal with them is not to hold up the people who work in it.
package final class FairAdmission: Sendable {
    struct Line: Hashable {
        let tenant: TenantID
        let isPublic: Bool
    }

    private typealias Book = AdmissionBook<Line, CheckedContinuation<Bool, Never>>

    /// Of people who sign in; behind so many, later is better than waiting.
    private static let mostWaitingAtTheDoor = 64

    private let book: Mutex<Book>
    private let mostWaiting: Int

    /// - Parameters:
    ///   - places: how many requests are worked on at once.
    ///   - placesBesideOthers: how many of one tenant's people while others are about.
    ///   - mostWaiting: how many requests of one tenant's people wait; more are refused at once.
    package init(places: Int, placesBesideOthers: Int, mostWaiting: Int = 512) {
        // A sign-in spends most of its time on a password, and holds no connection of the database meanwhile.
        let atTheDoor = max(placesBesideOthers, places / 2)
        book = Mutex(Book(places: places) { $0.isPublic ? atTheDoor : placesBesideOthers })
        self.mostWaiting = mostWaiting
    }

    /// Does the work when its turn has come; nil if too much of the tenant waits already.
    func serve<Result>(_ line: Line, _ work: () async -> Result) async -> Result? {
        guard await enter(line) else { return nil }
        let result = await work()
        let called = book.withLock { $0.leave(line, at: .now) }
        for continuation in called { continuation.resume(returning: true) }
        return result
    }

    private func enter(_ line: Line) async -> Bool {
        let most = line.isPublic ? min(mostWaiting, Self.mostWaitingAtTheDoor) : mostWaiting
        return await withCheckedContinuation { continuation in
            let verdict = book.withLock { $0.enter(line, mostWaiting: most, at: .now) { continuation } }
            switch verdict {
            case .goes: continuation.resume(returning: true)
            case .refused: continuation.resume(returning: false)
            case .waits: break
            }
        }
    }
}
