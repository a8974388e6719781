package import HTTPTypes
package import Kernel

/// What a program that provisions people gets: a document of RFC 7643, or nothing.
package struct ProvisioningReply: Sendable {
    package let status: Int
    package let document: JSON?
    /// As it stands in the header, quotes and all.
    package let tag: String?
    package let location: String?

    package init(status: Int = 200, _ document: JSON? = nil, tag: String? = nil, location: String? = nil) {
        self.status = status
        self.document = document
        self.tag = tag
        self.location = location
    }
}

/// The parameters of a query in their order, undone of their percent signs.
package struct QueryPairs: Sendable {
    package let pairs: [(name: String, value: String)]

    package init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs
    }

    /// The value of a parameter whose name is read without regard to case; throws if it is there twice.
    package func value(of name: String) throws(Problem) -> String? {
        let found = pairs.filter { $0.name.lowercased() == name.lowercased() }
        guard found.count < 2 else { throw Problem(.malformed, "A parameter appears twice.") }
        return found.first?.value
    }
}

// The ways to declare an endpoint of SCIM (RFC 7644), whose documents, errors and versions follow rules of their own.
extension Endpoint where API == ProvisioningAPI {
    /// Reads a resource or a list of them, or removes one.
    package static func resource<each Part: WireValue>(
        _ method: HTTPRequest.Method, _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String,
        permission: Permission, audit: Audit, errors: [ProblemType] = [], rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), QueryPairs, Nothing>) async throws
            -> ProvisioningReply
    ) -> Self {
        Endpoint(
            method, name, path, Parts(path, repeat each part), .pairs, .nothing, .provisioning(method),
            summary: summary,
            permission: permission, audit: audit, errors: errors, rate: rate, handler: handler)
    }

    /// Takes a document.
    package static func document<each Part: WireValue>(
        _ method: HTTPRequest.Method, _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String,
        permission: Permission, audit: Audit, errors: [ProblemType] = [], rate: RateClass = .standard,
        handler:
            @escaping @Sendable (Feature, Call<API, (repeat each Part), QueryPairs, JSON>) async throws
            -> ProvisioningReply
    ) -> Self {
        Endpoint(
            method, name, path, Parts(path, repeat each part), .pairs, .provisioning, .provisioning(method),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate,
            idempotency: .off(because: "the program repeats by its own rules"), handler: handler)
    }
}

extension QueryReader where Query == QueryPairs {
    fileprivate static var pairs: QueryReader {
        QueryReader(parameters: []) { request, _, _ in QueryPairs(request.query) }
    }
}

extension BodyReader where Body == JSON {
    fileprivate static var provisioning: BodyReader {
        let mediaTypes = ["application/scim+json", "application/json"]
        return BodyReader(kind: .raw(mediaTypes: mediaTypes), limit: 1 << 20) { request throws(Problem) in
            try request.requireMediaType(mediaTypes)
            do throws(JSONParser.Failure) {
                return try JSONParser.parse(request.body)
            } catch {
                throw Problem(.malformed, "Not JSON at byte \(error.offset): \(error.message).")
            }
        }
    }
}

extension Reply where Result == ProvisioningReply {
    fileprivate static func provisioning(_ method: HTTPRequest.Method) -> Self {
        let response: Operation.Response = method == .delete ? .nothing : .file(mediaType: "application/scim+json")
        let status =
            switch method {
            case .post: 201
            case .delete: 204
            default: 200
            }
        return Reply(response: response, status: status, hasETag: false) { reply, _, _, _ in
            var headers: HTTPFields = [.cacheControl: "no-store"]
            if let tag = reply.tag { headers[.eTag] = tag }
            if let location = reply.location { headers[.location] = location }
            guard let document = reply.document else { return Outgoing(status: reply.status, headers: headers) }
            headers[.contentType] = "application/scim+json"
            return Outgoing(status: reply.status, headers: headers, body: .bytes(document.bytes))
        }
    }
}
