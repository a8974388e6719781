import Kernel
import Synchronization

/// So many requests of tenants are worked on at once. One that sends a thousand has them wait behind each other, and not
/// in front of somebody else's single one; nor does it hold every connection of the database.
package final class FairAdmission: Sendable {
    private typealias Book = AdmissionBook<TenantID, CheckedContinuation<Bool, Never>>

    private let book: Mutex<Book>

    /// - Parameters:
    ///   - places: how many requests are worked on at once.
    ///   - placesBesideOthers: how many of one tenant while others are about.
    ///   - mostWaiting: how many requests of one tenant wait; more are refused at once.
    package init(places: Int, placesBesideOthers: Int, mostWaiting: Int = 512) {
        book = Mutex(Book(places: places, placesBesideOthers: placesBesideOthers, mostWaiting: mostWaiting))
    }

    /// Does the work when its turn has come; nil if too much of the tenant waits already.
    func serve<Result>(_ tenant: TenantID, _ work: () async -> Result) async -> Result? {
        guard await enter(tenant) else { return nil }
        let result = await work()
        let called = book.withLock { $0.leave(tenant, at: .now) }
        for continuation in called { continuation.resume(returning: true) }
        return result
    }

    private func enter(_ tenant: TenantID) async -> Bool {
        await withCheckedContinuation { continuation in
            let verdict = book.withLock { $0.enter(tenant, at: .now) { continuation } }
            switch verdict {
            case .goes: continuation.resume(returning: true)
            case .refused: continuation.resume(returning: false)
            case .waits: break
            }
        }
    }
}
