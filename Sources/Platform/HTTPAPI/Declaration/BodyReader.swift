import HTTPTypes
import Kernel

/// How an endpoint reads its body.
struct BodyReader<Body: Sendable>: Sendable {
    let kind: Operation.Body
    let limit: Int
    let read: @Sendable (Incoming) throws(Problem) -> Body
}

extension BodyReader where Body == Nothing {
    /// An endpoint without a body refuses one: whoever sends it expects it to count.
    static var nothing: BodyReader {
        BodyReader(kind: .nothing, limit: 0) { request throws(Problem) in
            guard request.body.isEmpty else { throw Problem(.malformed, "This operation takes no body.") }
            return Nothing()
        }
    }
}

extension BodyReader where Body: WireValue {
    static func json(_ type: Body.Type) -> BodyReader {
        let schema = Body.schema
        return BodyReader(kind: .json(schema.shape), limit: 1 << 20) { request throws(Problem) in
            try request.requireMediaType(["application/json"])
            let json: JSON
            do throws(JSONParser.Failure) {
                json = try JSONParser.parse(request.body)
            } catch {
                throw Problem(.malformed, "Not JSON at byte \(error.offset): \(error.message).")
            }
            do throws(FieldErrors) {
                return try schema.parse(json)
            } catch {
                throw Problem(.invalidFields, errors: error.errors)
            }
        }
    }
}

extension BodyReader where Body == [UInt8] {
    static func raw(_ mediaTypes: [String], limit: Int) -> BodyReader {
        BodyReader(kind: .raw(mediaTypes: mediaTypes), limit: limit) { request throws(Problem) in
            try request.requireMediaType(mediaTypes)
            return request.body
        }
    }
}

extension Incoming {
    /// Exactly one Content-Type of the list, in UTF-8 if it says so, and no Content-Encoding: what a filter in front of
    /// the server takes for one kind of text, the server must not read as another.
    func requireMediaType(_ allowed: [String]) throws(Problem) {
        let refusal = Problem(.unsupportedMedia, "Send \(allowed.joined(separator: " or ")), not encoded.")
        let fields = headers[fields: .contentType]
        guard fields.count == 1, let field = fields.first else { throw refusal }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" { throw refusal }
        let parts = field.value.lowercased().split(separator: ";", omittingEmptySubsequences: false).map {
            String($0).trimmingBlanks
        }
        guard let mediaType = parts.first, allowed.contains(mediaType) else { throw refusal }
        for parameter in parts.dropFirst() {
            guard ["charset=utf-8", "charset=\"utf-8\""].contains(parameter) else { throw refusal }
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
