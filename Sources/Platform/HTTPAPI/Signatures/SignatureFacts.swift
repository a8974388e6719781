package import FoundationEssentials
package import HTTPTypes

/// What a signature says about itself that every signature has to say here. Whether it is right, its key decides.
package struct SignatureFacts: Sendable, Equatable {
    /// By how many seconds the clock of whoever signs may differ from ours.
    package static let skew = 300
    package static let nonceLength = 16...128

    package let keyID: String
    package let nonce: String
    package let created: Date
    /// How it says that it was made, if it says so.
    package let algorithm: String?

    /// Reads what is there and refuses what is missing: who called what, when, once, and with which body.
    ///
    /// - Parameter weighty: fields that change what a request does; whichever of them is there has to be signed.
    package init(
        _ signature: MessageSignature, of request: Incoming, weighty: [HTTPField.Name], at now: Date
    ) throws(SignatureFault) {
        guard case .string(let keyID) = signature.parameters["keyid"] else { throw SignatureFault("keyid is missing.") }
        guard case .string(let nonce) = signature.parameters["nonce"], Self.nonceLength ~= nonce.utf8.count else {
            throw SignatureFault(
                "nonce has to have \(Self.nonceLength.lowerBound) to \(Self.nonceLength.upperBound) characters.")
        }
        guard case .integer(let created) = signature.parameters["created"] else {
            throw SignatureFault("created is missing.")
        }
        guard abs(now.timeIntervalSince1970 - Double(created)) <= Double(Self.skew) else {
            throw SignatureFault("created is more than \(Self.skew) seconds away from the clock here.")
        }
        if let expires = signature.parameters["expires"] {
            guard case .integer(let end) = expires, now.timeIntervalSince1970 <= Double(end) else {
                throw SignatureFault("The signature has expired.")
            }
        }
        switch signature.parameters["alg"] {
        case nil: algorithm = nil
        case .string(let name): algorithm = name
        default: throw SignatureFault("alg has to be a string.")
        }
        (self.keyID, self.nonce) = (keyID, nonce)
        self.created = Date(timeIntervalSince1970: Double(created))
        try Self.checkCoverage(signature, of: request, weighty: weighty)
    }

    private static func checkCoverage(
        _ signature: MessageSignature, of request: Incoming, weighty: [HTTPField.Name]
    ) throws(SignatureFault) {
        guard signature.covers("@method") else { throw SignatureFault("@method has to be signed.") }
        guard signature.covers("@target-uri") || ["@authority", "@path", "@query"].allSatisfy(signature.covers) else {
            throw SignatureFault("@target-uri has to be signed, or @authority, @path and @query.")
        }
        for name in weighty where request.headers[name] != nil && !signature.covers(name.canonicalName) {
            throw SignatureFault("\(name.canonicalName) has to be signed where it is sent.")
        }
        guard !request.body.isEmpty || request.headers[.contentDigest] != nil else { return }
        guard signature.covers("content-digest") else {
            throw SignatureFault("content-digest has to be signed where there is a body.")
        }
        guard ContentDigest.isRight(request.headers, for: request.body) else {
            throw SignatureFault("Content-Digest does not fit the body; it takes sha-256 or sha-512.")
        }
    }
}
