import Kernel
import Testing

private struct Password: WireValue, Equatable {
    let user: String
    static let schema: Schema<Self> = .record(Self.init) { Field("user", \.user, .text(1...40)) }
}

private struct Key: WireValue, Equatable {
    let comment: String?
    static let schema: Schema<Self> = .record(Self.init) { Field("comment", \.comment, .text(0...40)) }
}

private enum Credential: WireValue, Equatable {
    case password(Password)
    case key(Key)

    static let schema: Schema<Self> = .union(
        "kind",
        Variant("password", Credential.password, { if case .password(let value) = $0 { value } else { nil } }),
        Variant("key", Credential.key, { if case .key(let value) = $0 { value } else { nil } })
    )
}

private struct Node: WireValue {
    let children: [Node]
    static let schema: Schema<Self> = .record(Self.init) {
        Field("children", \.children, .array(of: .recursive { Node.schema }, 0...9))
    }
}

@Suite struct UnionTests {
    @Test func `a variant is told by its tag, there and back`() throws {
        let value = try Credential.schema.parse(["kind": "password", "user": "root"])
        #expect(value == .password(Password(user: "root")))
        #expect(
            String(decoding: Credential.schema.bytes(of: value), as: UTF8.self) == #"{"kind":"password","user":"root"}"#
        )
    }

    @Test func `fields of the other variant are refused`() {
        let expected = FieldErrors(errors: [FieldError(pointer: "/user", message: "is not a known field")])
        #expect(throws: expected) { try Credential.schema.parse(["kind": "key", "user": "root"]) }
    }

    @Test func `an unknown tag is an error of the tag`() {
        let expected = FieldErrors(errors: [FieldError(pointer: "/kind", message: "must be one of password, key")])
        #expect(throws: expected) { try Credential.schema.parse(["kind": "otp"]) }
    }

    @Test func `a type may contain itself`() throws {
        let node = try Node.schema.parse(["children": [["children": []]]])
        #expect(node.children.count == 1)
    }
}
