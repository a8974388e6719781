/// Status and header fields: what is known before the body.
package struct ResponseHead: Sendable {
    package let status: Int
    package let headers: OutboundHeaders

    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// A complete response. Every status is one: only what kept the exchange from happening is an error.
package struct OutboundResponse: Sendable {
    package let head: ResponseHead
    package let body: [UInt8]

    package var status: Int { head.status }
    package var headers: OutboundHeaders { head.headers }
    package var isSuccess: Bool { head.isSuccess }
}
