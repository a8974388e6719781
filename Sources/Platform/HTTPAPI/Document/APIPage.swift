import HTTPTypes
import Kernel

/// The API as a page for people: plain HTML made from the same declarations, with nothing from elsewhere.
enum APIPage {
    static func html(title: String, document: String, _ operations: [Operation]) -> String {
        let groups = Dictionary(grouping: operations, by: \.group).sorted { $0.key < $1.key }
        var html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width"><title>\(escape(title)) API</title><style>\(style)</style>
            </head><body><header><h1>\(escape(title)) API</h1>
            <p>Every operation, as the server itself declares it. The same as a document: <a href="\(document)">\
            OpenAPI 3.1</a>. Problems are RFC 9457 documents with a stable type.</p><nav>
            """
        for (group, _) in groups { html += "<a href=\"#\(escape(group))\">\(escape(group))</a> " }
        html += "</nav></header><main>"
        for (group, operations) in groups {
            html += "<section id=\"\(escape(group))\"><h2>\(escape(group))</h2>"
            for operation in operations { html += article(operation) }
            html += "</section>"
        }
        return html + "</main></body></html>"
    }

    private static func article(_ operation: Operation) -> String {
        var html = """
            <article id="\(escape(operation.name))"><h3><b class="\(operation.method.rawValue.lowercased())">\
            \(operation.method.rawValue)</b> <code>\(escape(operation.path))</code></h3><p>\(escape(operation.summary)). \
            <small>\(escape(notes(operation)))</small></p>
            """
        if !operation.parameters.isEmpty {
            html += table(
                operation.parameters.map { parameter in
                    let place =
                        parameter.isRequired ? parameter.place.rawValue : "\(parameter.place.rawValue), optional"
                    return (parameter.name, "\(ShapeText.of(parameter.shape)) (\(place))", parameter.note)
                })
        }
        switch operation.body {
        case .nothing: break
        case .json(let shape): html += "<h4>Request</h4>" + fields(shape)
        case .raw(let mediaTypes): html += "<h4>Request</h4><p>\(escape(mediaTypes.joined(separator: ", ")))</p>"
        }
        html += "<h4>\(operation.status)</h4>"
        switch operation.response {
        case .nothing: html += "<p>No content.</p>"
        case .json(let shape): html += fields(shape)
        case .events(let shape): html += "<p>A stream of events; the data of each:</p>" + fields(shape)
        case .file(let mediaType): html += "<p>\(escape(mediaType))</p>"
        }
        let problems = Set(operation.problems.map { "\($0.status) \($0.name)" }).sorted()
        return html + "<p class=\"problems\">\(escape(problems.joined(separator: " · ")))</p></article>"
    }

    private static func notes(_ operation: Operation) -> String {
        var notes = [operation.isPublic ? "Needs no sign-in" : "Permission \(operation.permission.code)"]
        if case .action(let action) = operation.audit { notes.append("audited as \(action)") }
        if operation.stepUp == .recent { notes.append("needs a fresh second factor") }
        if operation.precondition == .ifMatch { notes.append("needs If-Match") }
        if operation.isIdempotencyKeyed { notes.append("takes an Idempotency-Key") }
        return notes.joined(separator: ", ") + "."
    }

    private static func fields(_ shape: Shape) -> String {
        switch shape {
        case .object(let object):
            table(
                object.fields.map { field in
                    let need = field.isRequired ? "" : ", optional"
                    return (field.name, ShapeText.of(field.shape) + need, field.note)
                })
        case .union(let union):
            union.variants.map { tag, object in
                "<p>\(escape(union.discriminator)): <code>\(escape(tag))</code></p>" + fields(.object(object))
            }.joined()
        case .array(let element, _): "<p>A list of:</p>" + fields(element)
        case .nullable, .scalar, .reference: "<p>\(escape(ShapeText.of(shape)))</p>"
        }
    }

    private static func table(_ rows: [(name: String, type: String, note: String)]) -> String {
        let lines = rows.map { row in
            "<tr><td><code>\(escape(row.name))</code></td><td>\(escape(row.type))</td><td>\(escape(row.note))</td></tr>"
        }
        return "<table>\(lines.joined())</table>"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1f24;background:#fff}\
        code{font:13px ui-monospace,monospace}h2{border-bottom:1px solid #d0d7de;margin-top:3rem}\
        article{border:1px solid #d0d7de;border-radius:6px;padding:0 1rem;margin:1rem 0}\
        h3 b{font-size:12px;padding:2px 6px;border-radius:4px;background:#0969da;color:#fff}\
        h3 b.post{background:#1a7f37}h3 b.put,h3 b.patch{background:#9a6700}h3 b.delete{background:#cf222e}\
        table{border-collapse:collapse;width:100%}td{border-top:1px solid #eaeef2;padding:4px 8px;vertical-align:top}\
        .problems,small{color:#59636e;font-size:13px}h4{margin:.5rem 0}\
        @media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}a{color:#58a6ff}\
        article,h2,td{border-color:#30363d}.problems,small{color:#9198a1}}
        """
}

/// A shape in a few words.
enum ShapeText {
    static func of(_ shape: Shape) -> String {
        switch shape {
        case .scalar(let keywords): scalar(keywords)
        case .nullable(let inner): "\(of(inner)) or null"
        case .array(let element, let count): "list of up to \(count.upperBound) \(of(element))"
        case .object(let object): object.name
        case .union(let union): union.variants.map { $0.shape.name }.joined(separator: " or ")
        case .reference(let name): name
        }
    }

    private static func scalar(_ keywords: JSON) -> String {
        if case .array(let words)? = keywords["enum"] { return words.compactMap(\.text).joined(separator: " | ") }
        if let format = keywords["format"]?.text { return format }
        let type = keywords["type"]?.text ?? "value"
        if case .int(let least)? = keywords["minimum"], case .int(let most)? = keywords["maximum"] {
            return "\(type) \(least)…\(most)"
        }
        if case .int(let most)? = keywords["maxLength"] { return "\(type), up to \(most)" }
        return type
    }
}
