import GatewayContract
package import HTTPAPI
import Kernel

/// What a worker may ask about requests, for somebody whom it has let in.
package enum WorkerRequestRoutes {
    private typealias Route = Endpoint<WorkerAPI, Hosting>
    private static let reading = Audit.none(because: "it changes nothing and shows no secret")

    package static let group = EndpointGroup<WorkerAPI, Hosting>("worker") {
        Route.post(
            "requestable", "/requestable", summary: "Ask what a person may ask for", permission: .workerServe,
            audit: reading, body: RequestableQuestion.self, returns: RequestablePage.self
        ) { hosting, call in
            try await hosting.requestable(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "requestPath", "/requests/path", summary: "Ask which way a person's request would go",
            permission: .workerServe, audit: reading, body: RequestPathQuestion.self, returns: RequestPathAnswer.self
        ) { hosting, call in
            try await hosting.path(of: call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "askAccess", "/requests", summary: "Relay that a person asks for access", permission: .workerServe,
            audit: .action("ticket.opened"), body: NewRequest.self, returns: RequestAnswer.self
        ) { hosting, call in
            try await hosting.ask(call.body, from: call.actor, at: call.now, audit: call.audit)
        }

        Route.post(
            "requests", "/requests/list", summary: "Ask for a person's requests, or those that wait for them",
            permission: .workerServe, audit: reading, body: RequestListQuestion.self, returns: RequestList.self
        ) { hosting, call in
            try await hosting.requests(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "request", "/requests/show", summary: "Ask how a request stands", permission: .workerServe,
            audit: reading, body: RequestQuestion.self, returns: RequestAnswer.self
        ) { hosting, call in
            try await hosting.request(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "decideRequest", "/requests/decision", summary: "Relay a person's answer to a request",
            permission: .workerServe, audit: .action("ticket.decided"), body: RequestDecision.self,
            returns: RequestAnswer.self
        ) { hosting, call in
            try await hosting.decide(call.body, from: call.actor, at: call.now, audit: call.audit)
        }

        Route.post(
            "withdrawRequest", "/requests/withdrawal", summary: "Relay that a person takes a request back",
            permission: .workerServe, audit: .action("ticket.withdrawn"), body: RequestQuestion.self,
            returns: RequestAnswer.self
        ) { hosting, call in
            try await hosting.withdraw(call.body, from: call.actor, at: call.now, audit: call.audit)
        }

        Route.post(
            "emergency", "/emergency", summary: "Ask what emergency access a person may take",
            permission: .workerServe, audit: reading, body: EmergencyQuestion.self, returns: EmergencyAnswer.self
        ) { hosting, call in
            try await hosting.emergency(call.body, from: call.actor, at: call.now)
        }

        Route.post(
            "takeEmergency", "/requests/emergency", summary: "Relay that a person takes emergency access",
            permission: .workerServe, audit: .action("ticket.break-glass"), body: NewEmergency.self,
            returns: RequestAnswer.self
        ) { hosting, call in
            try await hosting.takeEmergency(call.body, from: call.actor, at: call.now, audit: call.audit)
        }
    }
}
