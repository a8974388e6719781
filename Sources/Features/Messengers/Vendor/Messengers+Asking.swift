import Cryptography
import FoundationEssentials
import Kernel
import Outbound

/// Whose token it is: another secret, or another address, is another app.
struct TokenOwner: Hashable, Sendable {
    let tenant: TenantID
    let channel: MessengerChannelID
    let app: Hash256
}

/// A channel that is ready to be spoken through.
struct OpenChannel: Sendable {
    let channel: MessengerChannel
    let vendor: any Vendor
    let owner: TokenOwner
    /// What calls to it may reach besides public places.
    var opened: Set<HostPort>

    init(_ channel: MessengerChannel, _ secrets: ChannelSecrets, opened: Set<HostPort>, in scope: TenantScope) {
        self.channel = channel
        self.opened = opened
        vendor = channel.settings.speaking(with: secrets)
        let words = ChannelSettings.schema.bytes(of: channel.settings) + secrets.json.bytes
        owner = TokenOwner(tenant: scope.tenant, channel: channel.id, app: .of(words))
    }
}

extension Messengers {
    /// More questions than any vendor takes for one thing.
    private static let mostTurns = 5
    /// How long a vendor has for an answer.
    private static let answerTime: Duration = .seconds(10)

    /// Asks a vendor, and goes on asking until it has said what it was asked for. The destination is checked when the socket
    /// is opened, and redirects are not followed.
    func ask(
        _ request: VendorRequest, through channel: OpenChannel, within time: Duration = answerTime, at now: Date
    ) async throws -> VendorTurn {
        var request = request
        var stale: String?
        for _ in 0..<Self.mostTurns {
            let token = try await token(for: request, of: channel, unless: stale, within: time, at: now)
            do {
                let turn = try request.read(try await send(request, token, through: channel, within: time, at: now))
                guard case .ask(let next) = turn else { return turn }
                request = next
            } catch let fault as VendorFault where fault.kind == .staleToken && stale == nil && token != nil {
                stale = token
            }
        }
        throw VendorFault(.again, "The vendor has not come to an end.")
    }

    /// The same, with an end to all of it together, however many questions it takes and whoever else asks for the token.
    func ask(
        _ request: VendorRequest, through channel: OpenChannel, inAll time: Duration, at now: Date
    ) async throws -> VendorTurn {
        try await vendor(within: time) { try await ask(request, through: channel, within: time, at: now) }
    }

    /// What a vendor has to come to an end with in that time, whatever it is.
    func vendor<Value: Sendable>(
        within time: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                throw VendorFault(.again, "The vendor has not answered in time.")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    private func token(
        for request: VendorRequest, of channel: OpenChannel, unless stale: String?, within time: Duration, at now: Date
    ) async throws -> String? {
        if case .nowhere = request.token { return nil }
        guard let asking = channel.vendor.token() else { return nil }
        return try await tokens.token(of: channel.owner, unless: stale, at: now) {
            let answer = try await send(asking, nil, through: channel, within: time, at: now)
            guard case .token(let token) = try asking.read(answer) else {
                throw VendorFault(.again, "The vendor has given no token.")
            }
            return token
        }
    }

    private func send(
        _ request: VendorRequest, _ token: String?, through channel: OpenChannel, within time: Duration, at now: Date
    ) async throws -> VendorAnswer {
        var address = request.url
        var headers = request.headers
        if let token {
            switch request.token {
            case .nowhere: break
            case .header(let name, let prefix): headers.append((name, prefix + token))
            case .query(let name): address = FormText.adding([(name, token)], to: address)
            }
        }
        var sent = OutboundRequest(
            request.method, try OutboundURL(address), body: request.body ?? [], timeout: time, opened: channel.opened)
        for (name, value) in headers { sent.headers[name] = value }
        let response = try await ground.client.send(sent)
        return VendorAnswer(
            status: response.head.status, headers: response.head.headers, body: response.body, at: now)
    }
}

extension VendorFault {
    /// What went wrong, whatever it was; nil for this node's own end, which says nothing about the vendor.
    static func of(_ error: any Error) -> VendorFault? {
        switch error {
        case let fault as VendorFault: fault
        case OutboundError.cancelled, OutboundError.stopped: nil
        case let error as OutboundError: VendorFault(.again, "\(error)")
        case is CancellationError: nil
        default: VendorFault(.again, "The channel cannot be used now.")
        }
    }
}
