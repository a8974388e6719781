package import FoundationEssentials
package import HTTPAPI
package import Jobs
package import Kernel
package import Logging
import Messaging
package import Outbound
package import Postgres
package import Tenancy

/// The facade of messengers: channels, the cards that ask approvers there, and what they answer.
package struct Messengers: Sendable {
    /// What it stands on.
    package struct Ground: Sendable {
        let database: Database
        let keys: TenantKeys
        let client: HTTPClient
        let logger: Logger

        package init(database: Database, keys: TenantKeys, client: HTTPClient, logger: Logger) {
            self.database = database
            self.keys = keys
            self.client = client
            self.logger = logger
        }
    }

    let ground: Ground
    let desk: ApprovalDesk
    let people: CardPeople
    let portal: @Sendable (TenantScope) async throws -> String
    let tokens = SharedTokens<TokenOwner>()
    var callbackKeys = CallbackKeys()
    /// Clicks that are being settled. A server runs it.
    package let clicks = Errands(places: 128, ofTenant: 32)

    var database: Database { ground.database }
    var keys: TenantKeys { ground.keys }
    var channels: ChannelStore { ChannelStore() }
    var cards: CardStore { CardStore() }
    var streams: StreamStore { StreamStore() }

    /// `portal` says where people open a tenant's portal.
    package init(
        _ ground: Ground, desk: ApprovalDesk, people: CardPeople,
        portal: @escaping @Sendable (TenantScope) async throws -> String
    ) {
        self.ground = ground
        self.desk = desk
        self.people = people
        self.portal = portal
    }

    /// A page of channels, without their secrets.
    package func list(_ page: PageRequest, at now: Date, in scope: TenantScope) async throws -> Rows<MessengerChannel> {
        Rows(try await connected(channels.list(page, in: scope, database), at: now, in: scope), of: page)
    }

    /// One channel, or `MessengerError.notFound`.
    package func find(
        _ id: MessengerChannelID, at now: Date, in scope: TenantScope
    ) async throws -> MessengerChannel {
        guard let channel = try await channels.find(id, in: scope, database),
            let shown = try await connected([channel], at: now, in: scope).first
        else { throw MessengerError.notFound }
        return shown
    }

    /// The same, with how it stands with their connections.
    private func connected(
        _ found: [MessengerChannel], at now: Date, in scope: TenantScope
    ) async throws -> [MessengerChannel] {
        let streaming = found.filter { $0.settings.delivery == .stream }.map(\.id)
        guard !streaming.isEmpty else { return found }
        let connections = try await streams.connections(of: streaming, at: now, in: scope, database)
        return found.map { channel in
            var channel = channel
            channel.connection = connections[channel.id]
            return channel
        }
    }
}
