import ArgumentParser
import Kernel

extension APIClient {
    /// The id of an asset that may be asked for, by name or id.
    func requestable(_ name: String) async throws -> String {
        if AssetID(name) != nil { return name }
        let found = try await list(
            "/requestable-assets", [("filter", "name eq \(JSON.string(name).inWords)")], atMost: 1)
        guard let asset = found.first else {
            throw CommandFailure("There is no asset named \(name.oneLine). See: gatehouse ls --requestable")
        }
        return asset.text("id")
    }

    /// A request by number or id: one's own, one that waits for one, or any that one may read.
    func request(_ name: String) async throws -> JSON {
        let name = name.hasPrefix("#") ? String(name.dropFirst()) : name
        guard let number = Int(name) else {
            guard TicketID(name) != nil else {
                throw CommandFailure("\(name.oneLine) is no request: say its number, such as 12.")
            }
            return try await get("/tickets/\(APIClient.escape(name))")
        }
        for path in ["/my/tickets", "/inbox", "/tickets"] {
            do {
                let found = try await list(path, [("filter", "number eq \(number)")], atMost: 1)
                if let ticket = found.first { return ticket }
            } catch let failure as APIFailure where failure.kind == "forbidden" {
                continue
            }
        }
        throw CommandFailure("No request with number \(number) concerns you. See: gatehouse requests")
    }

    /// Where people look at a request, and decide it.
    func page(of ticket: JSON) -> String {
        "\(origin)/\(ticket.bool("mayDecide") ? "inbox" : "requests")/\(ticket.text("id"))"
    }

    /// Does something that takes a fresh second factor. A passkey works in a browser only: whoever has nothing else is sent
    /// there.
    func withTypedFactor<Value: Sendable>(
        orAt path: String, _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        do {
            return try await body(self)
        } catch let failure as APIFailure where failure.kind == "step-up-required" {
            let factors = (try await get("/me").list("factors")).compactMap(\.text)
            guard factors.isEmpty || factors.contains(where: { $0 != "passkey" }) else {
                Console.note(
                    "Your second factor is a passkey, which a terminal cannot ask for. Do it in the portal: "
                        + "\(origin)\(path)")
                throw ExitCode(Outcome.browser)
            }
            return try await withSecondFactor(body)
        }
    }
}
