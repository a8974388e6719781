import HTTPAPI
import Kernel

/// Which answers of a level are given with a comment only, whatever way they come.
package enum CommentNeed: String, Sendable, CaseIterable, WireValue {
    case never, approved, rejected, always

    package func covers(_ outcome: TicketOutcome) -> Bool { self == .always || rawValue == outcome.rawValue }

    /// What both ask for.
    func with(_ other: CommentNeed) -> CommentNeed {
        if self == other || other == .never { return self }
        return self == .never ? other : .always
    }
}

extension String {
    /// Whether there is anything in it that somebody could read.
    package var isReadable: Bool { unicodeScalars.contains(where: \.isReadable) }
}

extension Unicode.Scalar {
    /// Whether it prints something by itself. The fillers of Hangul are among what Unicode lets be ignored.
    fileprivate var isReadable: Bool {
        guard !properties.isWhitespace, !properties.isDefaultIgnorableCodePoint else { return false }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .nonspacingMark, .enclosingMark: false
        // Symbols by their category, and blank: Braille without dots, a note without a head, the place of an object.
        case .otherSymbol: !["\u{2800}", "\u{1D159}", "\u{FFFC}"].contains(self)
        default: true
        }
    }
}
