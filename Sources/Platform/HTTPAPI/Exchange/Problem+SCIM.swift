import Kernel

// A problem in the words of RFC 7644, 3.12: what programs read that provision people.
extension Problem {
    /// The member by which a problem says its `scimType`.
    package static let scimType = "scimType"

    /// RFC 7644 knows no 422: what cannot be used is a bad request.
    var scimStatus: Int { type.status == 422 ? 400 : type.status }

    var scimBody: JSON {
        var body: [JSON.Member] = [
            .init("schemas", ["urn:ietf:params:scim:api:messages:2.0:Error"]),
            .init("status", .string(String(scimStatus))),
        ]
        if let kind = members.first(where: { $0.name == Self.scimType })?.value ?? impliedSCIMType.map(JSON.string) {
            body.append(.init(Self.scimType, kind))
        }
        let errors = errors.map { "\($0.pointer) \($0.message)" }
        let words = ([type.title] + (detail.map { [$0] } ?? []) + errors).joined(separator: ": ")
        body.append(.init("detail", .string(words)))
        return .object(body)
    }

    private var impliedSCIMType: String? {
        switch type {
        case .malformed: "invalidSyntax"
        case .invalidFields: "invalidValue"
        default: nil
        }
    }
}
