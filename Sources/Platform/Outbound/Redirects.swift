extension OutboundRequest.Redirects {
    var limit: Int {
        switch self {
        case .returned: 0
        case .followed(let count): max(0, count)
        }
    }
}

extension OutboundRequest {
    /// The request that a redirect asks for; `nil` when the response is final.
    ///
    /// libcurl could follow by itself, but would pass on every header that it does not know to be a secret.
    func redirected(by head: ResponseHead) throws(OutboundError) -> OutboundRequest? {
        guard case .followed = redirects, [301, 302, 303, 307, 308].contains(head.status),
            let location = head.headers["location"]
        else { return nil }
        guard let target = try? url.following(location), target.isSecure || !url.isSecure else {
            throw .redirectRefused(url.destination)
        }
        var next = self
        next.url = target
        if target.destination != url.destination || target.isSecure != url.isSecure {
            next.headers = [:]
            for name in ["Accept", "User-Agent"] { next.headers[name] = headers[name] }
        }
        return next
    }
}
