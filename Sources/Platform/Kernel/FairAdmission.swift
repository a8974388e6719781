import Synchronization

/// So many pieces of work are done at once. A line that brings a thousand has them wait behind each other, and not in
/// front of somebody else's single one.
package final class FairAdmission<Line: Hashable & Sendable>: Sendable {
    private typealias Book = AdmissionBook<Line, CheckedContinuation<Bool, Never>>

    private let book: Mutex<Book>
    private let mostWaiting: Int

    /// - Parameters:
    ///   - places: how many are worked on at once.
    ///   - placesBesideOthers: how many of one line while others are about.
    ///   - mostWaiting: how many of one line wait; more are refused at once.
    package init(places: Int, placesBesideOthers: Int, mostWaiting: Int) {
        book = Mutex(Book(places: places, placesBesideOthers: placesBesideOthers))
        self.mostWaiting = mostWaiting
    }

    /// Whether somebody has come within the last second.
    package var isInUse: Bool { book.withLock { $0.isInUse(at: .now) } }

    /// Whether somebody has been turned away within the last second.
    package var isOverrun: Bool { book.withLock { $0.isOverrun(at: .now) } }

    /// Whether somebody who comes to this line now is taken, if only to wait. Who is not has been turned away.
    package func hasRoom(in line: Line) -> Bool {
        book.withLock { $0.hasRoom(in: line, mostWaiting: mostWaiting, at: .now) }
    }

    /// Does the work when its turn has come; nil if too much of the line waits already.
    package func serve<Result, Failure: Error>(
        _ line: Line, _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result? {
        guard await enter(line) else { return nil }
        defer {
            let called = book.withLock { $0.leave(line, at: .now) }
            for continuation in called { continuation.resume(returning: true) }
        }
        return try await work()
    }

    private func enter(_ line: Line) async -> Bool {
        await withCheckedContinuation { continuation in
            let verdict = book.withLock { $0.enter(line, mostWaiting: mostWaiting, at: .now) { continuation } }
            switch verdict {
            case .goes: continuation.resume(returning: true)
            case .refused: continuation.resume(returning: false)
            case .waits: break
            }
        }
    }
}
