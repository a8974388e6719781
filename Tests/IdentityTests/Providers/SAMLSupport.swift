import Foundation
import HTTPTypes
import Kernel
import Outbound
import TestSupport
import Testing

@testable import Identity

extension Visitor {
    /// Adds a provider of SAML for this administrator's company.
    func addSAML(_ documents: SAMLDocuments, settings: JSON = [:], _ more: JSON = [:]) async throws -> String {
        let given: JSON = [
            "kind": "saml", "entityId": .string(documents.idp), "signOnUrl": "https://idp.example.com/sso",
            "logoutUrl": "https://idp.example.com/slo",
            "certificates": [.string(documents.certificate), .string(documents.curve)],
            "attributes": [
                "subject": "NameID", "login": "NameID", "name": "displayName", "email": "mail", "groups": "Groups",
            ],
        ]
        let body: JSON = ["name": "SAML", "createsUsers": .bool(true), "settings": given.merging(settings)]
        let made = try await call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.json)")
        return made["id"]
    }

    /// What a provider of SAML is set up with, as it fetches it.
    func metadata(of provider: String) async throws -> String {
        let answer = try await house.call("auth.saml-metadata", [provider], in: scope, site: "none")
        #expect(answer.status == 200 && answer.headers[.contentType] == "application/samlmetadata+xml")
        return answer.text
    }
}

extension Browser {
    /// Posts what a provider's page has in its form: no cookie goes along. Returns what the address has for the portal.
    mutating func post(_ form: String, to provider: String) async throws -> Return {
        let answer = try await house.call("auth.saml-response", [provider], in: scope, form: form, site: "cross-site")
        #expect(answer.status == 303, "\(answer.json)")
        for field in answer.headers[values: .setCookie] where field.hasPrefix("gatehouse-sign-in=") {
            cookie = String(field.dropFirst("gatehouse-sign-in=".count).prefix { $0 != ";" })
        }
        let location = answer.headers[.location] ?? ""
        let parts = try #require(URLComponents(string: location))
        #expect(parts.host == "acme.localhost" && parts.path == "/sign-in/callback/\(provider)", "\(location)")
        var fields: [String: String] = [:]
        for item in parts.queryItems ?? [] { fields[item.name] = item.value }
        // Whose response was kept is told what goes with it, and nobody else.
        #expect(fields.keys.sorted() == (fields["state"] == "over" ? ["state"] : ["code", "state"]))
        return Return(fields: fields)
    }

    /// A form with a response in it, as browsers encode it.
    static func form(_ response: String, relayState: String?) -> String {
        FormText.encode(
            [(name: "SAMLResponse", value: response)] + (relayState.map { [(name: "RelayState", value: $0)] } ?? []))
    }
}
