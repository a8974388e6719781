/// The first words of somebody else's answer, as they may stand in a log and on a page. Pure.
///
/// Control characters, and those that turn the direction of a text or cannot be seen, are written out: nothing in an
/// answer ends a line, colours a terminal or makes a text look like another one.
enum AnswerExcerpt {
    /// In bytes of the answer; what is written out makes it longer.
    static let bytes = 1000
    static let longest = 10_000

    static func text(_ answer: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: answer.prefix(bytes), as: UTF8.self).unicodeScalars {
            if isVisible(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return String(text.unicodeScalars.prefix(longest))
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
