import FoundationEssentials
import Jobs
import Kernel
import Synchronization

/// What came of an attempt at a card.
struct CardResult: Sendable {
    enum Outcome: Sendable {
        /// The vendor has it as it is now.
        case shown(isOver: Bool)
        /// Another attempt, some other time; one that the vendor did not want counts for nothing.
        case later(Date, counting: Bool)
        /// Nothing is sent, or nothing more: nobody asks any more, or the person is nobody there.
        case closed
        /// It never will be, for what the vendor has said.
        case dead
        /// A notice goes on to the next channel.
        case elsewhere(MessengerChannelID)
    }

    var card: KeptCard
    var outcome: Outcome
    var error: String?
    /// What is said of the channel: nothing if its vendor was not asked.
    var channel: ChannelNews?
}

/// How a vendor has fared with a channel.
struct ChannelNews: Sendable, Equatable {
    var error: String?
    var restingUntil: Date?
    var pace: FairPace?

    /// What both say: the last word, and the longest rest.
    func and(_ other: ChannelNews) -> ChannelNews {
        ChannelNews(
            error: other.error ?? error, restingUntil: [restingUntil, other.restingUntil].compactMap(\.self).max(),
            pace: pace == .slow ? .slow : other.pace ?? pace)
    }
}

/// Has what comes at about the same time dealt with together: whoever comes while somebody is at it leaves theirs to them.
/// Nobody waits for more to come.
final class Gathering<Item: Sendable>: Sendable {
    private struct State {
        var waiting: [Item] = []
        var isBusy = false
    }

    private let state = Mutex(State())

    func add(_ item: Item, _ work: ([Item]) async -> Void) async {
        let isFirst = state.withLock { state in
            state.waiting.append(item)
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard isFirst else { return }
        while let batch = next() { await work(batch) }
    }

    private func next() -> [Item]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isBusy = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
