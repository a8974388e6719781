import Cryptography
import Foundation
import Kernel
import Outbound

/// Comes in by an invitation, as a person would in the browser: password, authenticator, first code.
struct DemoVisitor {
    let origin: String
    /// The surface that the door belongs to.
    var prefix = "/api/v1"

    /// Signs the person in for the first time and returns their session; the person learns password and secret.
    func enter(_ person: inout DemoPerson, by invitation: String) async throws -> APIClient {
        guard let token = invitation.split(separator: "#token=").last.map(String.init), invitation.contains("#token=")
        else { throw CommandFailure("The server made an invitation without a token.") }
        let door = APIClient(origin: origin, prefix: prefix)
        person.password = DemoPerson.newPassword()
        var step = try await door.post(
            "/auth/invitation", ["token": .string(token), "password": .string(person.password)])
        guard step.text("step") == "enrol" else {
            throw CommandFailure(
                "\(person.login) was to enrol an authenticator, but the server said \(step.text("step")).")
        }
        let signIn = step["token"] ?? .null
        let enrolment = try await door.post("/auth/enrolment", ["token": signIn])
        person.secret = enrolment.text("secret").filter { !$0.isWhitespace }
        let (answer, headers) = try await door.exchange(
            "/auth/enrolment/confirm", ["token": signIn, "code": .string(try person.code())])
        step = answer
        guard step.text("step") == "done" else {
            throw CommandFailure("\(person.login) was not signed in: \(step.text("step")).")
        }
        let cookies = headers.fields
            .filter { $0.name.lowercased() == "set-cookie" }
            .compactMap { $0.value.split(separator: ";").first.map(String.init) }
        return APIClient(
            origin: origin, prefix: prefix, credential: .session(Redacted(cookies.joined(separator: "; "))))
    }
}
