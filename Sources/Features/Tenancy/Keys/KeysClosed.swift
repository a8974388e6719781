package import Cryptography
package import HTTPAPI
import HTTPTypes

/// The key at the top of a tenant did not do its work: nothing of what is under it can be read or written now.
package struct KeysClosed: ProblemRepresentable, Equatable, CustomStringConvertible {
    package let error: KeyProviderError

    package init(_ error: KeyProviderError) {
        self.error = error
    }

    package var description: String { error.description }

    package var problem: Problem {
        let code =
            switch error {
            case .away: "key-service-away"
            case .refused, .unknownKey: "key-service-refuses"
            case .opening: "key-does-not-open"
            }
        return Problem(
            .unavailable, "What is under the company's key cannot be opened now.",
            reasons: [.init(code, "The key service does not open the company's key.")],
            headers: [.retryAfter: "10"])
    }
}
