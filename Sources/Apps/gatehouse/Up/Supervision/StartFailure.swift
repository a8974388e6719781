import Kernel

/// A program of the installation did not start: what it said, and what to do about the causes that are known.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ words: String, log: LogFile) {
        let said = log.tail.map(Self.words)
        let lines = said.suffix(6).map { "    \($0.oneLine)" }
        let advice = Self.advice(for: said.joined(separator: "\n")).map { ["\n\($0)"] } ?? []
        description =
            (["\(words)."] + (lines.isEmpty ? [] : ["  Its last words:"]) + lines
            + ["  Its log: \(log.path)"] + advice).joined(separator: "\n")
    }

    /// The message of a JSON line, or the line.
    private static func words(_ line: String) -> String {
        guard let json = try? JSONParser.parse(Array(line.utf8)), let message = json["message"]?.text else {
            return line
        }
        let error = json.text("error")
        return error.isEmpty ? message : "\(message): \(error)"
    }

    private static func advice(for text: String) -> String? {
        let known: [(String, String)] = [
            (
                "No space left on device",
                "The disk is full. Free some space, then run gatehouse up again: nothing is lost."
            ),
            ("Disk quota exceeded", "The disk quota is used up. Free some space, then run gatehouse up again."),
            (
                "Address already in use",
                "Another program holds the port. Stop it, or choose other ports (gatehouse up --help)."
            ),
            ("Cannot allocate memory", "The machine has too little memory left."),
            ("could not map anonymous shared memory", "The machine has too little memory left for PostgreSQL."),
            (
                "wrong ownership", "The data belongs to another user: start it as the one who started it first."
            ),
            (
                "Permission denied",
                "A file or folder below the installation's folder cannot be entered by the user that this program runs as."
            ),
            ("database files are incompatible", "The data was written by another version of PostgreSQL."),
            (
                "No such file or directory",
                "A file is missing; if the folder was copied, copy it whole and with its modes."
            ),
        ]
        return known.first { text.contains($0.0) }?.1
    }
}
