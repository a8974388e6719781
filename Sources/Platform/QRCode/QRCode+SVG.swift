extension QRCode {
    /// An SVG document of one path: black on white in every theme, since scanners need the contrast, with the quiet
    /// zone of four modules that the standard asks for. It scales to whatever box it is put in, without blurred edges.
    ///
    /// - Parameter label: what a screen reader says; markup in it is escaped.
    package func svg(quietZone: Int = 4, label: String = "QR code") -> String {
        let side = size + 2 * quietZone
        var path = ""
        for row in 0..<size {
            for run in runs(in: row) {
                path += "M\(run.lowerBound + quietZone) \(row + quietZone)h\(run.count)v1h-\(run.count)z"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" role="img" \
            aria-label="\(Self.escaped(label))" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path fill="#000" d="\(path)"/></svg>
            """
    }

    /// The dark stretches of a row.
    private func runs(in row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var column = 0
        while column < size {
            guard self[column, row] else {
                column += 1
                continue
            }
            let start = column
            while self[column, row] { column += 1 }
            runs.append(start..<column)
        }
        return runs
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
