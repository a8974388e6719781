import Crypto
package import FoundationEssentials
import HTTPTypes
import Kernel

/// What stands in front of every handler of a surface, in one order that is written down once: authenticate, same site,
/// permission, second factor, rate, idempotency, parse, handle, audit.
package struct Gate<API: Surface>: Sendable {
    package var authenticate: @Sendable (Incoming) async throws(Problem) -> Authenticated<API.Caller>
    /// Seconds to wait, or nil to go on.
    package var throttle: @Sendable (RateClass, _ subject: String) async -> Int?
    package var audit: @Sendable (AuditRecord) async -> Void
    package var idempotency: any IdempotencyStore
    package var cursors: CursorCodec
    package var now: @Sendable () -> Date

    package init(
        authenticate: @escaping @Sendable (Incoming) async throws(Problem) -> Authenticated<API.Caller>,
        throttle: @escaping @Sendable (RateClass, _ subject: String) async -> Int?,
        audit: @escaping @Sendable (AuditRecord) async -> Void,
        idempotency: any IdempotencyStore,
        cursors: CursorCodec,
        now: @escaping @Sendable () -> Date
    ) {
        self.authenticate = authenticate
        self.throttle = throttle
        self.audit = audit
        self.idempotency = idempotency
        self.cursors = cursors
        self.now = now
    }
}

/// One line of the audit trail, written for success and refusal alike.
package struct AuditRecord: Sendable, Equatable {
    package let action: String
    package let subject: String
    package let target: [String: String]
    package let status: Int
    package let traceID: String
}

/// An endpoint with its feature and its gate: a function from request to response that does not throw.
package struct MountedEndpoint: Sendable {
    package let operation: Operation
    package let respond: @Sendable (Incoming) async -> Outgoing
}

extension EndpointGroup {
    /// Binds the endpoints to the feature that serves them.
    package func mounted(on feature: Feature, behind gate: Gate<API>) -> [MountedEndpoint] {
        endpoints.map { endpoint in
            MountedEndpoint(operation: endpoint.operation) { request in
                await gate.pass(request, endpoint.operation) { caller, parser in
                    try await endpoint.handle(feature, caller, request, parser)
                }
            }
        }
    }
}

extension Gate {
    typealias Work = (Authenticated<API.Caller>, RequestParser) async throws -> Outgoing

    func pass(_ request: Incoming, _ operation: Operation, _ work: Work) async -> Outgoing {
        do {
            let caller = try await authenticate(request)
            let response: Outgoing
            do {
                try await admit(caller, request, operation)
                response = try await once(request, operation, caller, work)
            } catch {
                response = refusal(error, operation, request)
            }
            if case .action(let action) = operation.audit {
                await audit(
                    AuditRecord(
                        action: action, subject: caller.subject, target: request.path, status: response.status,
                        traceID: request.traceID))
            }
            return response
        } catch {
            return .problem(error, traceID: request.traceID)
        }
    }

    private func admit(_ caller: Authenticated<API.Caller>, _ request: Incoming, _ operation: Operation)
        async throws(Problem)
    {
        if caller.means == .cookie, !CrossOrigin.isTrusted(request) {
            throw Problem(.crossSite)
        }
        guard caller.permissions.contains(operation.permission) else {
            throw Problem(.forbidden, "It takes the permission \(operation.permission.code).")
        }
        if operation.stepUp == .recent, !isRecent(caller.secondFactorAt) {
            let challenge = #"Bearer error="insufficient_user_authentication", max_age="900""#
            throw Problem(.stepUpRequired, headers: [.wwwAuthenticate: challenge])
        }
        if let seconds = await throttle(operation.rate, caller.subject) {
            throw Problem(.tooMany, headers: [.retryAfter: String(seconds)])
        }
    }

    private func isRecent(_ date: Date?) -> Bool {
        guard let date else { return false }
        return now().timeIntervalSince(date) < 15 * 60
    }

    /// Runs the work, or answers what it answered when the same key came before.
    private func once(
        _ request: Incoming, _ operation: Operation, _ caller: Authenticated<API.Caller>, _ work: Work
    ) async throws -> Outgoing {
        let parser = RequestParser(now: now(), operation: operation, cursors: cursors)
        guard operation.isIdempotencyKeyed, let text = request.headers[.idempotencyKey] else {
            return try await work(caller, parser)
        }
        guard 1...64 ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            let error = FieldError(pointer: "/Idempotency-Key", message: "must be 1 to 64 visible ASCII characters")
            throw Problem(.invalidFields, errors: [error])
        }
        let key = IdempotencyKey(subject: caller.subject, operation: operation.name, key: text)
        let path = request.path.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        let fingerprint = Array(SHA256.hash(data: Array(path.utf8) + request.body))
        switch try await idempotency.claim(key, fingerprint: fingerprint) {
        case .finished(var response):
            response.headers[.idempotentReplayed] = "true"
            return response
        case .inProgress: throw Problem(.inProgress, headers: [.retryAfter: "1"])
        case .differentRequest: throw Problem(.keyReused)
        case .new:
            do {
                let response = try await work(caller, parser)
                try await idempotency.complete(key, with: response)
                return response
            } catch {
                try await idempotency.release(key)
                throw error
            }
        }
    }

    /// What is not a problem by its type is a defect: 500, and nothing about it leaves the process.
    private func refusal(_ error: any Error, _ operation: Operation, _ request: Incoming) -> Outgoing {
        let problem = (error as? any ProblemRepresentable)?.problem ?? Problem(.failed)
        assert(
            operation.problems.contains(problem.type),
            "\(operation.name) does not declare the problem \(problem.type.name)")
        return .problem(problem, traceID: request.traceID)
    }
}
