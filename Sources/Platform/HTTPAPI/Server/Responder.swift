import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import Observability

/// From a request on a connection to its response: host, route, body, gate, and what every response carries.
struct Responder: HTTPResponder {
    struct Context: InitializableFromSource, Sendable {
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            channel = source.channel
        }
    }

    let configuration: HTTPServerConfiguration
    let routes: RouteTable
    let documents: Documents
    let probes: Probes
    let portal: PortalFiles?
    let portalHeaders: SecurityHeaders
    let hosts: @Sendable (String) async throws -> HostOwner
    let metrics: ServerMetrics
    /// Counts by tenant, for the provider.
    let levels: TenantLevels?
    /// For what no endpoint answers.
    let unrouted: RouteMetrics
    let logger: Logger

    // Hummingbird is built without NonisolatedNonsendingByDefault, so its requirement is @concurrent here.
    @concurrent func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        let headers = request.headers
        let client = ClientFacts(
            peer: context.channel.remoteAddress?.ipAddress ?? "local", headers: headers,
            trusted: configuration.trustedProxies, isSecure: configuration.isSecure)
        let traceID = headers[.traceparent].flatMap(Trace.id(traceparent:)) ?? Trace.newID()
        let target = (request.head.path ?? "")[...]
        let path = target.prefix { $0 != "?" }
        let host = HostName(request.head.authority ?? "")
        let facts = RequestFacts(
            traceID: traceID, clientAddress: client.address, host: host?.authority ?? "", isSecure: client.isSecure,
            headers: headers, method: request.method, target: String(target))
        var visit = Visit(request: request, facts: facts, path: path, target: target, route: unrouted)
        var answer = try await answer(&visit, host)
        if path.hasPrefix(ProvisioningAPI.base + "/") { answer.outgoing = answer.outgoing.toldAsSCIM() }
        let response = finish(answer, visit, context)
        record(visit, answer.outgoing, ContinuousClock.now - start)
        return response
    }

    /// A request on its way, and what became known of it for the log.
    struct Visit {
        let request: Request
        let facts: RequestFacts
        let path: Substring
        let target: Substring
        var route: RouteMetrics
        var operation: Operation?
        var tenant: TenantID?
    }

    struct Answer {
        var outgoing: Outgoing
        var security = SecurityHeaders.api
    }

    private func answer(_ visit: inout Visit, _ host: HostName?) async throws -> Answer {
        guard let host else { return problem(.init(.malformed, "There must be one valid Host."), visit) }
        if let outgoing = await probes.answer(visit.path, visit.request.method, visit.facts) {
            return Answer(outgoing: outgoing)
        }
        let owner: HostOwner
        do {
            owner = try await hosts(host.name)
        } catch {
            logger.error("a host name could not be looked up", metadata: ["error": "\(error)"])
            return problem(.representing(error), visit)
        }
        guard owner != .unknown else { return problem(.init(.unknownHost), visit) }
        if case .tenant(let scope) = owner { visit.tenant = scope.tenant }
        switch routes.match(visit.request.method, visit.path) {
        case .endpoint(let route, let path):
            visit.route = route.metrics
            visit.operation = route.endpoint.operation
            let trace = Trace(id: visit.facts.traceID, tenant: visit.tenant?.text)
            let fixed = visit
            return try await Trace.$current.withValue(trace) {
                try await serve(route.endpoint, path, fixed, owner)
            }
        case .methodNotAllowed(let allow): return problem(.init(.methodNotAllowed, headers: [.allow: allow]), visit)
        case .notFound: return page(visit, owner)
        }
    }

    private func serve(
        _ endpoint: MountedEndpoint, _ path: [String], _ visit: Visit, _ owner: HostOwner
    ) async throws -> Answer {
        guard metrics.inFlight.value < configuration.maxRequests else {
            return problem(.init(.unavailable, "The server is busy.", headers: [.retryAfter: "1"]), visit)
        }
        metrics.inFlight.add(1)
        defer { metrics.inFlight.add(-1) }
        let method = visit.request.method
        let body: [UInt8]
        do {
            body = try await RequestBytes.read(visit.request, limit: endpoint.operation.bodyLimit)
        } catch let error as Problem {
            return problem(error, visit)
        }
        let rawQuery = visit.target.dropFirst(visit.path.count + 1)
        guard let query = QueryString.parse(rawQuery) else {
            return problem(.init(.malformed, "The query string is not well-formed."), visit)
        }
        let incoming = Incoming(
            method: method == .head ? .get : method, path: path, query: query, rawQuery: String(rawQuery), body: body,
            facts: visit.facts, host: owner)
        let place = RequestPlace(working: metrics.inFlight, waiting: metrics.waiting)
        return await RequestPlace.$current.withValue(place) { Answer(outgoing: await endpoint.respond(incoming)) }
    }

    /// What is not an operation: documents and the portal.
    private func page(_ visit: Visit, _ owner: HostOwner) -> Answer {
        let isReading = visit.request.method == .get || visit.request.method == .head
        let kind: HostKind =
            switch owner {
            case .tenant: .tenant
            case .provider: .provider
            case .signUp: .signUp
            case .workers, .unknown: .worker
            }
        if let document = documents.page(visit.path, kind) {
            guard isReading else { return problem(.init(.methodNotAllowed, headers: [.allow: "GET, HEAD"]), visit) }
            return Answer(outgoing: document.answer(visit.facts.headers), security: document.security)
        }
        let isAPI = ["/api/", "/provider/", "/worker/", "/scim/"].contains { visit.path.hasPrefix($0) }
        if isReading, !isAPI, kind != .worker, let path = PercentCoding.decode(visit.path, plusIsSpace: false),
            let outgoing = portal?.answer(path, visit.facts.headers, on: kind)
        {
            let isLeaving = kind == .tenant && path == SecurityHeaders.leavingPath
            return Answer(outgoing: outgoing, security: isLeaving ? portalHeaders.leaving : portalHeaders.portal)
        }
        return problem(.init(.notFound), visit)
    }

    private func problem(_ problem: Problem, _ visit: Visit) -> Answer {
        Answer(outgoing: .problem(problem, traceID: visit.facts.traceID))
    }

    private func record(_ visit: Visit, _ outgoing: Outgoing, _ duration: Duration) {
        visit.route.count(outgoing.status, duration)
        if let levels, let tenant = visit.tenant, visit.operation != nil {
            levels.count(tenant, outgoing.status, duration)
        }
        if let problem = outgoing.problem { metrics.count(problem) }
        guard logger.logLevel <= .info else { return }
        AccessLog.write(visit, outgoing, duration, to: logger)
    }
}
