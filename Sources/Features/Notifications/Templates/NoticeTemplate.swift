import Kernel

/// Words with places for values: `{{name}}` and nothing else. There are no conditions and no loops, so that no template can
/// fail when it is used, and a value is never read as a part of a template.
package struct NoticeTemplate: Sendable, Hashable {
    package let title: Title
    package let body: Title

    /// Text with its places.
    package typealias Title = TemplateText

    init(title: String, body: String, knowing known: [String], isTitled: Bool = true) throws(Invalid) {
        do throws(Invalid) {
            self.title = try TemplateText(title, knowing: known)
        } catch {
            throw Invalid(error.message, field: "title")
        }
        guard !isTitled || !self.title.isBlank else { throw Invalid("must not be blank", field: "title") }
        do throws(Invalid) {
            self.body = try TemplateText(body, knowing: known)
        } catch {
            throw Invalid(error.message, field: "body")
        }
        guard !self.body.isBlank else { throw Invalid("must not be blank", field: "body") }
    }
}

/// A text with places for values.
package struct TemplateText: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case words(String)
        case place(String)
    }

    let parts: [Part]

    var isBlank: Bool {
        parts.allSatisfy { part in
            if case .words(let words) = part { words.allSatisfy(\.isWhitespace) } else { false }
        }
    }

    /// Refuses what opens a place and does not close it, and a place that is not among `known`.
    init(_ text: String, knowing known: [String]) throws(Invalid) {
        let list = known.map { "{{\($0)}}" }.joined(separator: ", ")
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.words(String(rest[..<open.lowerBound]))) }
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}") else {
                throw Invalid("has {{ without }}; known are \(list)")
            }
            let name = String(inside[..<close.lowerBound].filter { $0 != " " })
            guard known.contains(name) else {
                throw Invalid("does not know {{\(name.prefix(50))}}; known are \(list)")
            }
            parts.append(.place(name))
            rest = inside[close.upperBound...]
        }
        guard rest.firstRange(of: "}}") == nil else { throw Invalid("has }} without {{; known are \(list)") }
        if !rest.isEmpty { parts.append(.words(String(rest))) }
        self.parts = parts
    }

    /// The text with its values; one that is not there is left out. Values are put in as they are: nothing in them is read.
    func filled(_ values: [String: String], most: Int) -> String {
        let text = parts.map { part in
            switch part {
            case .words(let words): words
            case .place(let name): values[name] ?? ""
            }
        }.joined()
        return text.shortened(to: most)
    }
}

extension String {
    /// At most so many Unicode scalars; an ellipsis says that there was more.
    func shortened(to most: Int) -> String {
        guard unicodeScalars.count > most else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(most - 1))) + "…"
    }

    /// Without what could move words around or hide them: control characters, and those that turn the direction of text.
    /// A title and a value of one line have no line breaks either.
    func plain(keepingLines: Bool) -> String {
        let kept = unicodeScalars.compactMap { scalar -> Unicode.Scalar? in
            switch scalar.value {
            case 0x0A, 0x0D, 0x09, 0x85, 0x2028, 0x2029:
                keepingLines && scalar.value == 0x0A ? scalar : scalar.value == 0x0D ? nil : " "
            case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: nil
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(kept))
    }
}
