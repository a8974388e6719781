package import FoundationEssentials
import HTTPTypes
package import Kernel
package import Logging

/// What stands in front of every handler of a surface, in one order that is written down once: host, authenticate, same
/// site, permission, second factor, rate, idempotency, parse, handle, audit.
package struct Gate<API: Surface>: Sendable {
    package var authenticate: @Sendable (Incoming) async throws -> Authenticated<API.Caller>
    /// Seconds to wait, or nil to go on.
    package var throttle: @Sendable (RateClass, _ subject: String) async -> Int?
    package var audit: AuditWriter
    package var idempotency: any IdempotencyStore
    package var cursors: CursorCodec
    package var now: @Sendable () -> Date
    package var logger: Logger
    /// Shares the server among tenants; nil for callers that are not theirs.
    package var admission: FairAdmission<TenantID>?
    /// Told of a problem that an operation answered without declaring it. Tests fail here; a server goes on.
    package var undeclared: @Sendable (Operation, ProblemType) -> Void

    package init(
        authenticate: @escaping @Sendable (Incoming) async throws -> Authenticated<API.Caller>,
        throttle: @escaping @Sendable (RateClass, _ subject: String) async -> Int?,
        audit: AuditWriter,
        idempotency: any IdempotencyStore,
        cursors: CursorCodec,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger = Logger(label: "gatehouse.gate")
    ) {
        self.authenticate = authenticate
        self.throttle = throttle
        self.audit = audit
        self.idempotency = idempotency
        self.cursors = cursors
        self.now = now
        self.logger = logger
        undeclared = { operation, problem in
            logger.error(
                "an operation answers a problem that it does not declare",
                metadata: ["operation": "\(operation.name)", "problem": "\(problem.name)"])
        }
    }
}

extension Gate {
    typealias Work = (Admitted<API>) async throws -> Outgoing

    func pass(_ request: Incoming, _ operation: Operation, _ work: Work) async -> Outgoing {
        guard operation.host == .any || operation.host == request.hostKind else {
            return .problem(Problem(.notFound), traceID: request.facts.traceID)
        }
        guard let admission, let tenant = request.tenant?.tenant else {
            return await passAdmitted(request, operation, work)
        }
        return await admission.serve(tenant) { await passAdmitted(request, operation, work) }
            ?? .problem(.tooMany(after: 1), traceID: request.facts.traceID)
    }

    private func passAdmitted(_ request: Incoming, _ operation: Operation, _ work: Work) async -> Outgoing {
        let authenticated: Authenticated<API.Caller>
        do {
            authenticated = try await authenticate(request)
        } catch {
            return await rejected(error, request, operation)
        }
        let draft = draft(request, operation, authenticated)
        var outgoing = await answer(request, operation, authenticated, draft, work)
        if let cookie = authenticated.cookie {
            // In front of what the handler set: signing out has the last word.
            let renewal = HTTPField(name: .setCookie, value: cookie.headerValue(isSecure: request.facts.isSecure))
            outgoing.headers = HTTPFields([renewal] + outgoing.headers)
        }
        return outgoing
    }

    private func answer(
        _ request: Incoming, _ operation: Operation, _ authenticated: Authenticated<API.Caller>, _ draft: AuditDraft,
        _ work: Work
    ) async -> Outgoing {
        do {
            try await admit(authenticated, request, operation)
            let admitted = Admitted<API>(
                request: request, authenticated: authenticated.acting(by: operation.permission),
                parser: RequestParser(now: now(), operation: operation, cursors: cursors), audit: draft,
                response: ResponseDraft(isSecure: request.facts.isSecure))
            var outgoing = try await once(admitted, operation) { admitted in
                let outgoing = try await work(admitted)
                try await draft.writeAlone()
                return outgoing
            }
            for field in admitted.response.headers { outgoing.headers.append(field) }
            return outgoing
        } catch {
            return await refusal(error, request, operation, draft)
        }
    }

    private func draft(
        _ request: Incoming, _ operation: Operation, _ authenticated: Authenticated<API.Caller>
    ) -> AuditDraft {
        let action: String? = if case .action(let action) = operation.audit { action } else { nil }
        let draft = AuditDraft(
            AuditDraft.Facts(
                action: action, principal: authenticated.caller.principal, operation: operation.name,
                traceID: request.facts.traceID, clientAddress: request.facts.clientAddress, at: now(), writer: audit))
        // A path that takes no sign-in may itself be the credential, as a decision link is: the trail is no place for it.
        if !operation.isPublic, let id = request.path.last, request.path.count <= operation.parameters.count {
            draft.assume(AuditTarget(kind: operation.parameters[request.path.count - 1].name, id: id))
        }
        return draft
    }

    private func admit(
        _ authenticated: Authenticated<API.Caller>, _ request: Incoming, _ operation: Operation
    ) async throws(Problem) {
        let isWelcome = operation.isFromAnySite && authenticated.means == .none
        guard isWelcome || CrossOrigin.isTrusted(request, means: authenticated.means) else { throw Problem(.crossSite) }
        guard authenticated.permissions.contains(operation.permission) else {
            throw Problem(
                .forbidden, "It takes the permission \(operation.permission.code).",
                reasons: [.init("permission-missing", operation.permission.code)])
        }
        if operation.stepUp == .recent, let problem = authenticated.stepUp(at: now()) { throw problem }
        if let seconds = await throttle(operation.rate, authenticated.subject) { throw .tooMany(after: seconds) }
    }

    /// Nobody knows who asks, so there is no audit record; who guesses credentials is slowed down by its address.
    private func rejected(_ error: any Error, _ request: Incoming, _ operation: Operation) async -> Outgoing {
        var problem = Problem.representing(error)
        if problem.type == .unauthenticated,
            [.authorization, .cookie, .signatureInput].contains(where: { request.headers[$0] != nil }),
            let seconds = await throttle(.unauthenticated, "address/\(request.facts.clientAddress)")
        {
            problem = .tooMany(after: seconds)
        }
        report(error, problem, request, operation)
        return .problem(problem, traceID: request.facts.traceID)
    }

    private func refusal(
        _ error: any Error, _ request: Incoming, _ operation: Operation, _ draft: AuditDraft
    ) async -> Outgoing {
        let problem = Problem.representing(error)
        report(error, problem, request, operation)
        if problem.type.isAudited {
            do {
                // Reading is not audited, but being refused is.
                let fallback = problem.type.status == 403 ? "access.refused" : nil
                try await draft.writeRefusal(problem.type, action: fallback)
            } catch {
                logger.error(
                    "a refusal is missing from the audit trail",
                    metadata: [
                        "operation": "\(operation.name)", "error": "\(error)", "trace": "\(request.facts.traceID)",
                    ])
            }
        }
        return .problem(problem, traceID: request.facts.traceID)
    }

    private func report(_ error: any Error, _ problem: Problem, _ request: Incoming, _ operation: Operation) {
        if problem.type.status >= 500 {
            logger.error(
                "a request failed",
                metadata: ["operation": "\(operation.name)", "error": "\(error)", "trace": "\(request.facts.traceID)"])
        }
        if !operation.problems.contains(problem.type) { undeclared(operation, problem.type) }
    }
}

extension ProblemType {
    /// Whether somebody tried to do something. What was not understood, or came too fast, was no attempt.
    fileprivate var isAudited: Bool { ![400, 412, 413, 415, 422, 428, 429].contains(status) }
}

extension Problem {
    /// As RFC 9470 says it; without seconds any second factor is enough, however old.
    package static func stepUpRequired(within seconds: Int? = nil) -> Problem {
        let age = seconds.map { #", max_age="\#($0)""# } ?? ""
        return Problem(
            .stepUpRequired, headers: [.wwwAuthenticate: #"Bearer error="insufficient_user_authentication"\#(age)"#])
    }

    package static func tooMany(after seconds: Int) -> Problem {
        Problem(.tooMany, headers: [.retryAfter: String(seconds)])
    }
}
