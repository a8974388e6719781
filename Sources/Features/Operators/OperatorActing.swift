package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// An operator who is signed in and does something: who, by which browser, when, and the record of it.
package struct OperatorActing: Sendable {
    package let `operator`: ProviderOperatorID
    package let session: ProviderSessionID?
    package let now: Date
    package let audit: AuditDraft

    package init(
        operator: ProviderOperatorID, session: ProviderSessionID? = nil, now: Date, audit: AuditDraft = .discarding
    ) {
        self.operator = `operator`
        self.session = session
        self.now = now
        self.audit = audit
    }
}

/// Somebody who is not signed in yet, at the provider's door.
package struct OperatorVisit: Sendable {
    package let now: Date
    package let request: RequestFacts
    package let audit: AuditDraft
    package let response: ResponseDraft

    package init(
        now: Date, request: RequestFacts, audit: AuditDraft = .discarding, response: ResponseDraft = ResponseDraft()
    ) {
        self.now = now
        self.request = request
        self.audit = audit
        self.response = response
    }
}

extension Call where API == ProviderAPI {
    var acting: OperatorActing {
        OperatorActing(operator: actor, session: caller.session, now: now, audit: audit)
    }
}

extension Call where API == ProviderDoorAPI {
    var visit: OperatorVisit { OperatorVisit(now: now, request: request, audit: audit, response: response) }
}
