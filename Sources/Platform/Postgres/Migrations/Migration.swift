import Foundation

/// One file of `Migrations/`: `<utc>_<feature>_<what>.sql`.
struct Migration: Sendable, Equatable {
    let name: String
    let script: String
    /// SHA-256 of texts that it had before, in hexadecimal: whoever applied one of them has the same schema.
    var replaced: [String] = []

    /// The moment in front of the name, which orders migrations and is never used twice.
    var moment: Substring { name.prefix { $0 != "_" } }

    /// Reads a folder; refuses names that do not fit the pattern and moments that two files share.
    static func all(in folder: String) throws -> [Migration] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".sql") && $0 != "schema.sql" }
            .map { String($0.dropLast(4)) }.sorted()
        let replaced = try replaced(in: folder)
        let migrations = try names.map { name in
            guard isValid(name) else { throw MigrationError.badName(name) }
            return Migration(
                name: name, script: try String(contentsOfFile: "\(folder)/\(name).sql", encoding: .utf8),
                replaced: replaced[name] ?? [])
        }
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.moment == later.moment {
            throw MigrationError.sameMoment(earlier.name, later.name)
        }
        return migrations
    }

    /// The file `replaced`, if there is one: lines of a name, a hash and why.
    private static func replaced(in folder: String) throws -> [String: [String]] {
        guard FileManager.default.fileExists(atPath: "\(folder)/replaced") else { return [:] }
        let lines = try String(contentsOfFile: "\(folder)/replaced", encoding: .utf8).split(separator: "\n")
        let fields = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ", maxSplits: 2).map(String.init) }
        return Dictionary(grouping: fields.filter { $0.count == 3 }, by: \.[0]).mapValues { $0.map { $0[1] } }
    }

    /// `20261125T0110_jobs_create`: a UTC minute, the feature, and what is done.
    static func isValid(_ name: String) -> Bool {
        let parts = name.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 13 else { return false }
        let moment = Array(parts[0].utf8)
        let isMoment = moment.enumerated().allSatisfy { index, byte in
            index == 8 ? byte == UInt8(ascii: "T") : 48...57 ~= byte
        }
        let isWord = { (word: Substring) in
            !word.isEmpty && word.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 95 }
        }
        return isMoment && isWord(parts[1]) && isWord(parts[2])
    }
}

/// Why the schema cannot be brought up to date.
package enum MigrationError: Error, Equatable, CustomStringConvertible {
    case badName(String)
    case sameMoment(String, String)
    /// The file was edited after it had been applied.
    case edited(String)
    /// It was applied, but its file is gone: an older program meets a newer schema.
    case missing(String)
    /// A file appeared in front of one that was applied already.
    case outOfOrder(String, appliedAlready: String)
    /// Files wait to be applied.
    case pending([String])
    case failed(String, DatabaseError)

    package var description: String {
        switch self {
        case .badName(let name): "\(name).sql: a migration is named <yyyymmddThhmm>_<feature>_<what>.sql"
        case .sameMoment(let one, let other): "\(one).sql and \(other).sql begin with the same moment: rename one"
        case .edited(let name): "\(name).sql was changed after it had been applied: undo that and write a new migration"
        case .missing(let name):
            "\(name) was applied, but there is no such file: is this program older than the schema?"
        case .outOfOrder(let name, let later): "\(name).sql comes before \(later), which was applied already: rename it"
        case .pending(let names): "migrations wait to be applied: \(names.joined(separator: ", "))"
        case .failed(let name, let error): "\(name).sql failed: \(error)"
        }
    }
}
