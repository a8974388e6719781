/// How many columns text takes on a terminal: none for marks that combine, two for wide characters (Unicode's East Asian
/// Width W and F, and emoji).
package enum DisplayWidth {
    package static func of(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    package static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The text in exactly so many columns: filled up, or cut with an ellipsis.
    package static func fit(_ text: String, _ width: Int) -> String {
        let whole = of(text)
        if whole <= width { return text + String(repeating: " ", count: width - whole) }
        guard width > 0 else { return "" }
        var (kept, used) = ("", 0)
        for character in text {
            let next = of(String(character))
            guard used + next <= width - 1 else { break }
            kept.append(character)
            used += next
        }
        return kept + "…" + String(repeating: " ", count: width - 1 - used)
    }
}
