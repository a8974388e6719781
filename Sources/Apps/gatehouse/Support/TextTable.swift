import Kernel

/// Rows in columns, for people.
struct TextTable {
    let text: String

    init(_ titles: [String], _ rows: [[String]]) {
        let rows = rows.map { $0.map(\.oneLine) }
        let widths = titles.indices.map { column in
            ([titles[column]] + rows.map { $0[column] }).map { DisplayWidth.of($0) }.max() ?? 0
        }
        text = ([titles.map { $0.uppercased() }] + rows)
            .map { cells in
                zip(cells, widths)
                    .map { cell, width in cell + String(repeating: " ", count: width - DisplayWidth.of(cell)) }
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

    fileprivate var trimmingTrailingSpace: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Neither a control character nor one that turns the direction of the text around.
    var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
