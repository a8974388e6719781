import Foundation
import HTTPTypes
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import Identity

/// Something else came than had to come.
struct Unexpected: Error {}

/// Somebody's browser between the doors of a tenant and a provider: it follows redirects, and keeps one cookie.
struct Browser {
    /// What came back in the address.
    struct Return {
        var fields: [String: String]

        func body(_ provider: String, _ more: JSON = [:]) -> JSON {
            var body: JSON = ["provider": .string(provider), "state": .string(fields["state"] ?? "")]
            for (name, parameter) in [("code", "code"), ("error", "error"), ("issuer", "iss")] {
                guard let value = fields[parameter] else { continue }
                body = body.merging(.object([.init(name, .string(value))]))
            }
            return body.merging(more)
        }
    }

    let house: House
    let scope: TenantScope
    var cookie: String?
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "browser"))

    init(_ visitor: Visitor) {
        house = visitor.house
        scope = visitor.scope
    }

    private var headers: HTTPFields {
        cookie.map { [.cookie: "gatehouse-sign-in=\($0)"] } ?? [:]
    }

    /// Begins at the tenant's door, and keeps the cookie.
    mutating func begin(_ provider: String, _ more: JSON = [:]) async throws -> Answer {
        let body: JSON = ["provider": .string(provider)]
        let answer = try await house.call(
            "auth.begin-browser", body: body.merging(more), in: scope, headers: headers)
        for field in answer.headers[values: .setCookie] where field.hasPrefix("gatehouse-sign-in=") {
            #expect(field.contains("; HttpOnly") && field.contains("; SameSite=Lax") && field.contains("Max-Age=600"))
            cookie = String(field.dropFirst("gatehouse-sign-in=".count).prefix { $0 != ";" })
        }
        return answer
    }

    /// Goes where it is sent, until it is sent back.
    func visit(_ url: String) async throws -> Return {
        let response = try await client.send(OutboundRequest(.get, OutboundURL(url)))
        let location = try #require(
            response.headers["Location"], "\(response.status) \(String(decoding: response.body, as: UTF8.self))")
        let parts = try #require(URLComponents(string: location))
        #expect(parts.host == "acme.localhost" && parts.path.hasPrefix("/sign-in/callback/idp_"), "\(location)")
        return Return(
            fields: Dictionary(
                (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { one, _ in one }))
    }

    func finish(_ body: JSON) async throws -> Answer {
        try await house.call("auth.finish-browser", body: body, in: scope, headers: headers)
    }

    /// The whole way.
    mutating func signIn(_ provider: String, _ more: JSON = [:]) async throws -> Answer {
        let begun = try await begin(provider, more)
        guard begun.status == 200 else { return begun }
        return try await finish(visit(begun["url"]).body(provider))
    }
}

extension LyingProvider {
    private static let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "control"))

    /// Tells it how to behave from now on, and at what time it lives.
    func behave(_ how: JSON = [:], at now: Date) async throws {
        let all = how.merging(["now": .int(Int64(now.timeIntervalSince1970) + Int64(how["late"]?.number ?? 0))])
        var request = OutboundRequest(.post, try OutboundURL("\(issuer)/control"))
        request.body = all.bytes
        let response = try await Self.client.send(request)
        #expect(response.status == 200)
    }

    /// A token with which it says that somebody's session is over.
    func logoutToken(_ claims: JSON) async throws -> String {
        var request = OutboundRequest(.post, try OutboundURL("\(issuer)/logout-token"))
        request.body = claims.bytes
        let response = try await Self.client.send(request)
        return try JSONParser.parse(response.body)["token"]?.text ?? ""
    }

    /// How often a place was asked since it was last told how to behave.
    func asked(_ place: String) async throws -> Int {
        let response = try await Self.client.send(OutboundRequest(.get, OutboundURL("\(issuer)/control")))
        return Int(try JSONParser.parse(response.body)[place]?.number ?? 0)
    }

    var settings: JSON {
        ["kind": "oidc", "issuer": .string(issuer), "clientId": .string(Self.clientID)]
    }
}

extension JSON {
    var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}

extension Visitor {
    /// Adds the provider for this administrator's company.
    func add(_ provider: LyingProvider, settings: JSON = [:], _ more: JSON = [:]) async throws -> String {
        try house.opened.open([provider.port])
        try await provider.behave(at: house.now)
        let body: JSON = [
            "name": "Single sign-on", "createsUsers": .bool(true), "settings": provider.settings.merging(settings),
            "secret": .string(LyingProvider.secret),
        ]
        let made = try await call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.json)")
        return made["id"]
    }
}
