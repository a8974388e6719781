import GatewayContract
package import HTTPAPI
import Kernel

/// What a program may ask before it is a worker, or before it has a token.
package enum EnrolmentRoutes {
    private typealias Route = Endpoint<EnrolmentAPI, Hosting>

    package static let group = EndpointGroup<EnrolmentAPI, Hosting>("enrolment") {
        Route.post(
            "challenge", "/enrolment-challenge", summary: "Ask what to sign", permission: .public,
            audit: .none(because: "nothing changes"), body: EnrolmentChallengeRequest.self,
            returns: EnrolmentChallenge.self, errors: [.enrolmentRefused], rate: .unauthenticated
        ) { hosting, call in
            try await hosting.challenge(call.body.token, at: call.now)
        }

        Route.post(
            "enrol", "/enrol", summary: "Become a worker", permission: .public, audit: .action("worker.enrolled"),
            body: EnrolRequest.self, returns: Enrolled.self, status: 201,
            errors: [.enrolmentRefused, .workerNameTaken], rate: .unauthenticated
        ) { hosting, call in
            try await hosting.enrol(call.body, at: call.now, audit: call.audit)
        }

        Route.post(
            "token", "/tokens", summary: "Get an access token", permission: .public,
            audit: .none(because: "workers do this every ten minutes"), body: TokenRequest.self,
            returns: AccessToken.self, errors: [.assertionRefused]
        ) { hosting, call in
            try await hosting.token(call.body.assertion, at: call.now)
        }
    }
}
