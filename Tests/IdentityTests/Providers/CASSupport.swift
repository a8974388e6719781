import Foundation
import HTTPTypes
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import Identity

extension LyingCAS {
    private static let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "control"))

    /// Tells it how to behave from now on.
    func behave(_ how: JSON = [:]) async throws {
        var request = OutboundRequest(.post, try OutboundURL("\(url)/control"))
        request.body = how.bytes
        #expect(try await Self.client.send(request).status == 200)
    }

    /// How often a place was asked since it was last told how to behave.
    func asked(_ place: String) async throws -> Int {
        let response = try await Self.client.send(OutboundRequest(.get, OutboundURL("\(url)/control")))
        return Int(try JSONParser.parse(response.body)[place]?.number ?? 0)
    }

    /// Where a browser is sent that goes to an address.
    func visit(_ url: String) async throws -> String {
        let response = try await Self.client.send(OutboundRequest(.get, OutboundURL(url)))
        return try #require(response.headers["Location"], "\(response.status)")
    }
}

extension Visitor {
    /// Adds a CAS server for this administrator's company.
    func addCAS(_ url: String, port: Int, settings: JSON = [:], _ more: JSON = [:]) async throws -> String {
        try house.opened.open([port])
        let given: JSON = ["kind": "cas", "serverUrl": .string(url)]
        let body: JSON = ["name": "CAS", "createsUsers": .bool(true), "settings": given.merging(settings)]
        let made = try await call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.json)")
        return made["id"]
    }
}

extension Browser {
    /// Comes to the address that a CAS server sent it to; what the portal finds in the one after it.
    func arrive(_ address: String, at provider: String) async throws -> Return {
        let parts = try #require(URLComponents(string: address))
        let place = "/api/v1/auth/identity-providers/\(provider)/cas/"
        #expect(parts.host == "acme.localhost" && parts.path.hasPrefix(place), "\(address)")
        let answer = try await house.call(
            "auth.cas-ticket", [provider, String(parts.path.dropFirst(place.count))], in: scope, site: "cross-site",
            rawQuery: parts.percentEncodedQuery ?? "")
        #expect(answer.status == 303, "\(answer.json)")
        let location = answer.headers[.location] ?? ""
        let portal = try #require(URLComponents(string: location))
        #expect(portal.host == "acme.localhost" && portal.path == "/sign-in/callback/\(provider)", "\(location)")
        return Return(
            fields: Dictionary(
                (portal.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { one, _ in one }))
    }

    /// The state in the address of a departure.
    static func state(of departure: String) throws -> String {
        let service = try #require(
            URLComponents(string: departure)?.queryItems?.first { $0.name == "service" }?.value)
        return try #require(service.split(separator: "/").last.map(String.init))
    }
}
