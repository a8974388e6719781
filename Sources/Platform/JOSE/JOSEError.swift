/// Why a token or a key is not taken.
package enum JOSEError: String, Error, Sendable, CaseIterable {
    case malformed = "the token is not three parts of base64url with two JSON objects"
    case tooLong = "the token is too long"
    case algorithm = "the token is signed by an algorithm that is not allowed"
    case critical = "the token demands an extension that is not known here"
    case unknownKey = "no key of the issuer has signed the token"
    case signature = "the signature is not right"
    case keySet = "the issuer's keys cannot be read"
}
