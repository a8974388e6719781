import FoundationEssentials
import HTTPTypes
import Kernel

/// What turning the parts of a request into values takes besides the request.
struct RequestParser: Sendable {
    let now: Date
    let operation: Operation
    let cursors: CursorCodec

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
