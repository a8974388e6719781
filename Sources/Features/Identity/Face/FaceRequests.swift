package import FoundationEssentials
import HTTPAPI
package import Kernel

/// The body that begins to enrol one's face.
package struct EnrolFaceRequest: WireValue {
    package let consent: Bool

    package static let schema: Schema<Self> = .record({ (consent: Bool) throws(Invalid) in
        guard consent else { throw Invalid("must be given", field: "consent") }
        return EnrolFaceRequest(consent: consent)
    }) {
        Field(
            "consent", \.consent,
            note: "That 128 numbers of the face are kept, sealed, until the person takes them back or is deleted.")
    }
}

/// What the browser brought back from the capture component.
package struct FaceCodeRequest: WireValue {
    package let code: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(1...200))
    }
}

/// A sign-in's token, and what the browser brought back from the capture component.
package struct FaceFactorRequest: WireValue {
    package let token: String
    package let code: String
    package let remember: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("code", \.code, .text(1...200))
        Field("remember", \.remember, Bool.schema.otherwise(false), note: "Not to be asked again in this browser.")
    }
}

/// Since when somebody confirms with their face; nothing if they do not.
package struct FaceFactor: WireValue {
    package let enrolledAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("enrolledAt", \.enrolledAt)
    }
}
