package import FoundationEssentials
import Kernel
package import Logging
import ServiceLifecycle
import Synchronization

/// What is known about the database that is in use.
package struct PlaceDatabaseFacts: Sendable, Equatable {
    /// As it calls itself, such as `GeoLite2-City`.
    package let kind: String
    package let builtAt: Date
}

/// Where addresses are, by the geolocation database that the operator brings. A file that is put in its place is taken
/// within half a minute; one that cannot be read is refused, and the one before stays.
package final class Places: Service, Sendable {
    private struct State {
        var file: PlaceFile?
        var seen: FileStamp?
        var isMissing = false
    }

    private let path: String?
    private let interval: Duration
    private let logger: Logger
    private let pool = BlockingPool(threads: 1, waiting: 1)
    private let state = Mutex(State())

    package init(path: String?, interval: Duration = .seconds(30), logger: Logger) {
        self.path = path
        self.interval = interval
        self.logger = logger
    }

    /// No place is known.
    package static let none = Places(path: nil, logger: Logger(label: "geolocation"))

    /// The database in use; nil if there is none.
    package var facts: PlaceDatabaseFacts? { state.withLock { $0.file }?.facts }

    /// Where an address is. Nobody knows of what is nobody's in particular: this machine, a private network, the inside of
    /// a provider's.
    package func place(of address: String?) -> Place? {
        guard let file = state.withLock({ $0.file }), let address,
            let bytes = AddressRange.bytes(of: String(address.prefix { $0 != "%" })),
            !Self.unplaced.contains(where: { $0.contains(bytes) })
        else { return nil }
        return file.place(of: bytes)
    }

    package func run() async throws {
        guard path != nil else {
            try? await gracefulShutdown()
            return
        }
        try? await cancelWhenGracefulShutdown { [interval] in
            while true {
                try await Task.sleep(for: interval)
                await self.refresh()
            }
        }
    }

    /// Takes the file if it is another one than before.
    package func refresh() async {
        guard let path else { return }
        let seen = state.withLock { $0.seen }
        let found = try? await pool.run { () -> Found in
            guard let stamp = FileStamp(path: path) else { return .missing }
            guard stamp != seen else { return .same }
            do throws(PlaceFileError) {
                return .new(try PlaceFile(path: path), stamp)
            } catch {
                return .refused(error, stamp)
            }
        }
        // Nil while another call reads it.
        if let found { take(found, path) }
    }

    private enum Found: Sendable {
        case missing
        case same
        case new(PlaceFile, FileStamp)
        case refused(PlaceFileError, FileStamp)
    }

    private func take(_ found: Found, _ path: String) {
        let metadata: Logger.Metadata = ["file": "\(path)"]
        switch found {
        case .same: state.withLock { $0.isMissing = false }
        case .missing:
            let isNews = state.withLock { state in
                defer { state.isMissing = true }
                return !state.isMissing
            }
            if isNews {
                logger.notice(
                    "The geolocation database is not there: it is taken as soon as it is", metadata: metadata)
            }
        case .new(let file, let stamp):
            state.withLock { $0 = State(file: file, seen: stamp) }
            logger.notice(
                "The geolocation database was read",
                metadata: metadata.merging([
                    "kind": "\(file.facts.kind)", "built": "\(Timestamp.text(file.facts.builtAt))",
                ]) { $1 })
        case .refused(let error, let stamp):
            let hasOld = state.withLock { state in
                state.isMissing = false
                // What is being written is looked at again, also if it is as large and as old then.
                if !error.isUnfinished { state.seen = stamp }
                return state.file != nil
            }
            guard !error.isUnfinished else { return }
            logger.error(
                "The geolocation database was refused: it \(error)",
                metadata: metadata.merging(["keeping": hasOld ? "the one before" : "none"]) { $1 })
        }
    }

    private static let unplaced = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    ].compactMap { AddressRange($0).map { Ends($0.ends) } }

    private struct Ends: Sendable {
        let first: [UInt8]
        let last: [UInt8]

        init(_ ends: (first: [UInt8], last: [UInt8])) { (first, last) = ends }

        func contains(_ address: [UInt8]) -> Bool {
            address.count == first.count && !address.lexicographicallyPrecedes(first)
                && !last.lexicographicallyPrecedes(address)
        }
    }
}
