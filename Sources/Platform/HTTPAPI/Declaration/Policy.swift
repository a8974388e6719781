/// What a caller must be allowed to do. Every permission is listed beside its feature; there is no empty one.
package struct Permission: Sendable, Hashable {
    package let code: String

    package init(_ code: String) {
        self.code = code
    }

    /// What everybody may do, signed in or not: the permission of the surfaces that need no caller.
    package static let `public` = Permission("public.use")
}

/// What an endpoint leaves in the audit trail: an action, or the reason why there is none.
package enum Audit: Sendable, Equatable {
    case action(String)
    case none(because: String)

    package static let reading = Audit.none(because: "lists and views of plain data are not audited")
}

/// Whether a recent second factor is needed (RFC 9470).
package enum StepUp: Sendable { case none, recent }

/// Which bucket of the rate limiter a call takes from. `unauthenticated` is the one for refused credentials.
package enum RateClass: String, Sendable, CaseIterable { case standard, expensive, sensitive, unauthenticated }

/// Whether the caller must say which version it changes.
package enum Precondition: Sendable { case none, ifMatch }

/// Whether a POST may be repeated with an Idempotency-Key.
package enum Idempotency: Sendable, Equatable {
    case keyed
    case off(because: String)
}
