/// Comma-separated values (RFC 4180) that are opened in spreadsheets: a cell that a program there would take for a formula
/// is made text of.
enum SpreadsheetText {
    static func bytes(_ rows: [[String]]) -> [UInt8] {
        // The mark by which those programs know UTF-8.
        [0xEF, 0xBB, 0xBF]
            + Array(rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined().utf8)
    }

    /// Also behind blanks, which some programs skip, and in the wide forms that some take for the same.
    static func cell(_ text: String) -> String {
        var text = calmed(text)
        if let first = text.unicodeScalars.first(where: { !isSkipped($0) }), formula.contains(first) {
            text = "'" + text
        } else if let first = text.unicodeScalars.first, ["\t", "\r", "\n"].contains(first) {
            text = "'" + text
        }
        let isPlain = text.unicodeScalars.allSatisfy { ![",", "\"", "\r", "\n"].contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Some programs part cells at semicolons or tabs, quotes or not, and begin anew in each line: nothing behind one of
    /// these begins like a formula.
    private static func calmed(_ text: String) -> String {
        var (scalars, next): ([Unicode.Scalar], Unicode.Scalar?) = ([], nil)
        for scalar in text.unicodeScalars.reversed() {
            if parting.contains(scalar), let next, formula.contains(next) { scalars.append("'") }
            scalars.append(scalar)
            if !isSkipped(scalar), scalar != "\"" { next = scalar }
        }
        return String(String.UnicodeScalarView(scalars.reversed()))
    }

    private static let parting: Set<Unicode.Scalar> = [";", "\t", "\r", "\n"]

    private static func isSkipped(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || [.format, .control].contains(scalar.properties.generalCategory)
    }

    private static let formula: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "|", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]
}
