import HTTPTypes

/// Whether a request may rely on what the browser adds to it.
///
/// A browser sends cookies for requests that another site starts; a bearer token it never sends on its own. So cookie
/// callers are checked on every method that changes something, and what tells nothing is refused. Without any
/// credential (sign-in), only what the browser itself calls cross-site is refused: signing somebody in as another.
enum CrossOrigin {
    static func isTrusted(_ request: Incoming, means: Authenticated<some CallerIdentity>.Means) -> Bool {
        if means == .bearer || request.method == .get || request.method == .head { return true }
        if let site = request.headers[.secFetchSite] { return site == "same-origin" }
        guard let origin = request.headers[.origin] else { return means == .none }
        return origin == "\(request.facts.isSecure ? "https" : "http")://\(request.facts.host)"
    }
}
