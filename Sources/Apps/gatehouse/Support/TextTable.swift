/// Rows in columns, for people.
struct TextTable {
    let text: String

    init(_ titles: [String], _ rows: [[String]]) {
        let rows = rows.map { $0.map(\.oneLine) }
        let widths = titles.indices.map { column in
            ([titles[column]] + rows.map { $0[column] }).map(\.displayWidth).max() ?? 0
        }
        text = ([titles.map { $0.uppercased() }] + rows)
            .map { cells in
                zip(cells, widths)
                    .map { cell, width in cell + String(repeating: " ", count: width - cell.displayWidth) }
                    .joined(separator: "  ")
                    .trimmingTrailingSpace
            }
            .joined(separator: "\n")
    }
}

extension String {
    /// Without control characters: names and reasons come from other people, and a terminal obeys what it is shown.
    var oneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : " " }))
    }

    /// How many columns it takes on a terminal: none for marks that combine, two for wide characters.
    var displayWidth: Int { unicodeScalars.reduce(0) { $0 + $1.displayWidth } }

    fileprivate var trimmingTrailingSpace: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // Unicode's East Asian Width W and F, and emoji.
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// Neither a control character nor one that turns the direction of the text around.
    var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
