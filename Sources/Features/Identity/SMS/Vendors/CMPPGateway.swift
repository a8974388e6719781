import CMPP
import FoundationEssentials
package import Kernel
import Outbound

/// An operator's own gateway, by CMPP 2.0: a connection that is kept for a while, and no request.
package struct CMPPGateway: Sendable {
    package let server: ProviderServer
    /// The service provider's number.
    package let source: String
    /// The access number from which messages come.
    package let number: String
    package let service: String
    /// Stands before each text in 【】, as operators in mainland China want it.
    package let signName: String?

    package init(
        server: ProviderServer, source: String, number: String, service: String, signName: String?
    ) throws(Invalid) {
        self.server = server
        self.source = source
        self.number = number
        self.service = service
        self.signName = signName
        guard account(Secret("x")) != nil else {
            throw Invalid("must be of up to 6, 21 and 10 letters and digits, the number of digits", field: "source")
        }
    }

    func account(_ secret: Secret) -> CMPPAccount? {
        CMPPAccount(place: server.hostPort, source: source, secret: secret, number: number, service: service)
    }

    func text(_ message: SMSMessage) -> String { (signName.map { "【\($0)】" } ?? "") + message.text }
}

extension CMPPGateway: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            server: ProviderServer, source: String, number: String, service: String, signName: String?
        ) throws(Invalid) in
        try CMPPGateway(server: server, source: source, number: number, service: service, signName: signName)
    }) {
        Field("server", \.server, note: "Of the operator, usually at port 7890. Nothing is encrypted on the way there.")
        Field("source", \.source, .text(1...6), note: "The service provider's number (SP_Id).")
        Field("number", \.number, .text(1...21), note: "The access number from which messages come.")
        Field("service", \.service, Schema<String>.text(1...10).otherwise("CODE"), note: "Service_Id.")
        Field("signName", \.signName, .text(1...20), note: "Stands before each text in 【】.")
    }
}

/// Sends by gateways of operators, and keeps their word of what did not arrive.
struct SendByCMPP {
    let client: CMPPClient
    let opened: Set<HostPort>

    /// Nil if the gateway took it, else why not. `undelivered` is told of what did not arrive, in words that may be kept.
    func callAsFunction(
        _ message: SMSMessage, by gateway: CMPPGateway, secret: Secret, for party: String, at now: Date,
        undelivered: @escaping @Sendable (String) -> Void
    ) async throws -> String? {
        // As any place to which nothing is encrypted.
        guard opened.contains(gateway.server.hostPort) else {
            return "nothing is encrypted on the way to this gateway: an administrator has to open its host and port"
        }
        guard let account = gateway.account(secret),
            let whole = CMPPMessage(
                gateway.text(message), to: message.number.text, reference: UInt8.random(in: 0...255))
        else { return "\(CMPPError.notAMessage)" }
        do {
            _ = try await client.send(
                whole, as: account, for: party, egress: .guarded(allow: opened),
                at: CMPPTime(secondsSince1970: Int(now.timeIntervalSince1970))
            ) { report in
                if !report.isDelivered { undelivered("the operator did not deliver a message: \(report.state)") }
            }
            return nil
        } catch let error as CMPPError {
            return "\(error)"
        }
    }
}
