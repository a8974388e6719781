import FoundationEssentials
import HTTPTypes
import Kernel

/// Turns the raw parts of a request into values, or into a problem that names every error.
struct RequestParser: Sendable {
    let now: Date
    let operation: Operation
    let cursors: CursorCodec

    func body<Body: WireValue>(_ type: Body.Type, of request: Incoming) throws(Problem) -> Body {
        if let nothing = Nothing() as? Body {
            guard request.body.isEmpty else { throw Problem(.malformed, "This operation takes no body.") }
            return nothing
        }
        let mediaType = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard mediaType == "application/json" else { throw Problem(.unsupportedMedia) }
        let json: JSON
        do throws(JSONParser.Failure) {
            json = try JSONParser.parse(request.body)
        } catch {
            throw Problem(.malformed, "Not JSON at byte \(error.offset): \(error.message).")
        }
        do throws(FieldErrors) {
            return try Body.schema.parse(json)
        } catch {
            throw Problem(.invalidFields, errors: error.errors)
        }
    }

    /// The version in If-Match. `*` is refused: a blind write is what the header is there to prevent.
    func version(_ precondition: Precondition, of request: Incoming) throws(Problem) -> Int? {
        guard precondition == .ifMatch else { return nil }
        guard let tag = request.headers[.ifMatch] else { throw Problem(.versionRequired, "Send If-Match.") }
        guard let version = ETag.version(tag) else {
            throw Problem(
                .invalidFields, errors: [FieldError(pointer: "/If-Match", message: "must be an ETag that was sent")])
        }
        return version
    }
}

/// Entity tags made of row versions: `"7"`.
enum ETag {
    static let pattern = #"^"(0|[1-9][0-9]{0,8})"$"#

    static func text(_ version: Int) -> String { "\"\(version)\"" }

    static func version(_ tag: String) -> Int? {
        guard tag.utf8.count <= 11, tag.hasPrefix("\""), tag.hasSuffix("\""),
            let version = Int(tag.dropFirst().dropLast()),
            text(version) == tag, version >= 0
        else { return nil }
        return version
    }
}
