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
    package var isReadable: Bool {
        unicodeScalars.contains { scalar in
            let properties = scalar.properties
            return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
                && properties.generalCategory != .control
        }
    }
}
