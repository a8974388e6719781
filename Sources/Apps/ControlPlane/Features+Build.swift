import Access
import Assets
import Audit
import Billing
import Crypto
import Cryptography
import FoundationEssentials
import Geolocation
import HTTPAPI
import Hosting
import Identity
import Jobs
import Kernel
import KeyService
import Logging
import Messaging
import Messengers
import Metering
import Notifications
import ObjectStore
import Operators
import Outbound
import Postgres
import SSH
import ServiceLevels
import Sessions
import Support
import Tenancy
import Tickets
import Vault

/// What features stand on.
struct Foundations: Sendable {
    let configuration: ServerConfiguration
    let database: Database
    let masters: MasterKeys
    let installation: InstallationKeys
    let hasher: PasswordHasher
    let objects: any ObjectStore
    let client: HTTPClient
    let mail: MailParts
    let loops: SSHLoopGroup
    let limits: RateLimits
    let planned: PlannedLimits
    let places: Places
}

/// By which servers mail goes out.
struct MailParts: Sendable {
    /// Nil for an installation whose configuration names no server.
    let sender: MailSender?
    let clients: MailClients
}

extension Features {
    /// Wires everything, lowest first.
    static func build(_ base: Foundations) throws -> Features {
        let database = base.database
        let outbox = Outbox()
        let openings = EgressOpenings(database: database)
        let keys = TenantKeys(
            database: database, masters: base.masters,
            open: { [client = base.client] key, token, scope in
                TransitKeyProvider(
                    TransitKey(address: key.address, mount: key.mount, name: key.name, token: { token }),
                    scheme: "own1", client: client
                ) { try await openings(in: scope) }
            })
        let tenants = TenantSettings(database: database, keys: keys)
        let senders = MailSenders(installation: base.mail.sender, settings: tenants, openings: openings)
        let mailer = Mailer(
            database: database, clients: base.mail.clients, queue: JobQueue(database: database),
            key: try DataKey(base.installation.root.derived(for: "mail").withUnsafeBytes { Array($0) }),
            senders: senders)
        let letters = LetterBox(mailer)
        let breached = try readBreachedPasswords(base.configuration.breachedPasswords)
        let settings = IdentitySettings(
            catalogue: Catalogue.permissions,
            portal: try PortalAddress(template: base.configuration.origin(of: "{tenant}")),
            throttle: { [limits = base.limits] address in
                await limits.wait(.unauthenticated, "gateway/\(address)")
            },
            throttleProgram: { [limits = base.limits] client in
                await limits.wait(.expensive, "provisioning/\(client)")
            }, letters: letters,
            directories: ProviderDirectories(
                web: ProviderWeb { [client = base.client] in try await client.send($0) },
                openings: { try await openings(in: $0) }),
            breached: breached, places: base.places)
        let people = Identity(
            database: database, hasher: base.hasher, keys: keys, settings: settings, tenants: tenants)
        let operators = Operators(
            database: database, hasher: base.hasher, key: base.installation.operators,
            settings: OperatorSettings(
                console: base.configuration.origin(of: "provider"), known: Catalogue.providerPermissions,
                breached: breached))
        let tenancy = Tenancy(
            database: database, keys: keys, administrators: FirstAdministrator(settings: settings),
            letters: letters)
        let support = Support(
            database: database, tenancy: tenancy, catalogue: Catalogue.permissions, portal: settings.portal)
        let directory = TenantDirectory(database: database, keys: keys)
        let configuration = base.configuration
        let portal: @Sendable (TenantScope) async throws -> String = { scope in
            let names = try await tenancy.leadingNames(in: scope)
            return names.host.map { configuration.origin(host: $0) } ?? configuration.origin(of: names.slug)
        }
        let hostNameProbe = HostNameProbe(
            client: base.client, origin: { configuration.origin(host: $0) }, openings: openings)
        let assets = Assets(database: database, outbox: outbox, scanner: .live(base.loops))
        let access = Access(database: database, outbox: outbox)
        let vault = Vault(database: database, keys: keys, bar: .live(access))
        let messaging = Messaging(
            database: database, keys: keys, client: base.client, events: .published,
            questions: .ofFlows)
        let tickets = Tickets(
            database: database, access: access, messaging: messaging, outbox: outbox,
            portal: TicketPortal(base: portal),
            kinds: [RoleKind(desk: .live(people)), SecretRequestKind(desk: .live(vault, access, people))],
            passkeys: .live(people),
            deciders: .live(people))
        let reviews = Reviews(
            tickets: tickets, hub: ReviewHub(database: database, logger: Logger(label: "gatehouse.reviews")),
            trail: AuditLog(database: database))
        let identity = people.asking(
            .live(reviews, connections: base.configuration.database.connections))
        let messengers = Messengers(
            Messengers.Ground(
                database: database, keys: keys, client: base.client, logger: Logger(label: "gatehouse.messengers")),
            desk: .of(tickets), people: .of(identity), portal: portal)
        let notifications = Notifications(
            database: database,
            ports: NoticePorts(
                mail: { letters, scope, now, tx in
                    try await mailer.send(letters, for: scope.tenant, at: now, in: tx)
                }, hint: { users, scope, tx in try await PortalEventHub.hint(users, in: scope, tx) }, portal: portal,
                links: { question, users, scope, now, tx in
                    try await tickets.mailLinks(
                        to: question.ticket, level: question.level, for: users, at: now, in: scope, tx)
                },
                chats: .of(messengers),
                sms: { notice, scope in
                    guard let user = notice.user, let ticket = NoticeEvents.waiting(notice) else { return false }
                    let number = try await tickets.card(for: ticket, in: scope).number
                    return try await identity.noticeBySMS(
                        ofRequest: number, to: user, at: Date(), in: scope)
                }))
        let mail = WorkerMail()
        let sessions = Sessions(
            database: database, keys: keys, objects: base.objects,
            line: WorkerLine { notices, transaction in try await mail.tell(notices, in: transaction) })
        let stores = TenantStores(
            database: database, keys: keys, settings: tenants, own: base.objects,
            open: { setting, scope in
                S3ObjectStore(
                    S3Bucket(setting), client: base.client, opened: { try await openings(in: scope) })
            })
        let recordings = Recordings(database: database, keys: keys, stores: stores.stores)
        let map = GatewayMap(assets: assets)
        let gateways = Gateways(database: database, map: map)
        let terminals = TerminalTokens(database: database) { destination in
            let visitor = GatewayVisitor(
                clientAddress: destination.clientAddress, asset: destination.asset, seed: SessionID.new().text)
            return try await gateways.web(for: visitor, at: Date(), in: destination.scope)
        }
        let requests = GatewayRequests(assets: assets, tickets: tickets, identity: identity, portal: portal)
        let hosting = Hosting(
            database: database, keys: base.installation,
            features: Hosting.Features(
                sessions: sessions, recordings: recordings, terminals: terminals, directory: directory,
                tenantKeys: keys),
            ports: HostingPorts(
                identity: GatewayPeople(identity: identity), waiting: .live(reviews),
                menu: GatewayTargets(access: access, sessions: sessions),
                access: GatewayAccess(assets: assets, vault: vault, access: access, requests: requests),
                secrets: GatewaySecrets(vault: vault), hostKeys: GatewayHostKeys(assets: assets), map: map,
                requests: requests,
                allowance: { [limits = base.planned] in try await limits.of($0).allowance }),
            settings: HostingSettings(portal: { configuration.origin(of: $0) }))
        return Features(
            tenancy: tenancy,
            erasure: TenantErasure(
                database: database, keys: keys, parts: .live(database, stores, base.installation)),
            signUps: SignUps(
                database: database, tenancy: tenancy, letters: letters,
                address: SignUps.Address(
                    baseDomain: configuration.baseDomain, origin: configuration.origin(of: "signup"),
                    hasMail: base.mail.sender != nil)),
            keys: keys, identity: identity, operators: operators, support: support, assets: assets, vault: vault,
            access: access, messaging: messaging, mailer: mailer, notifications: notifications,
            hostNames: CheckHostName(
                database: database, probe: { try await hostNameProbe($0, in: $1) }),
            testMail: TestMail(clients: base.mail.clients, senders: senders, settings: tenants),
            tickets: tickets, reviews: reviews, messengers: messengers, sessions: sessions, recordings: recordings,
            terminals: terminals,
            hosting: hosting,
            gateways: gateways, metering: Metering(database: database), plans: Plans(database: database),
            calls: CallCounter(database: database),
            billing: Billing(
                database: database, queue: JobQueue(database: database), client: base.client,
                secrets: BillingSecrets(root: base.installation.root)),
            levels: ServiceLevels(database: database), trail: AuditLog(database: database),
            providerTrail: ProviderAuditLog(database: database), directory: directory, tenants: tenants,
            settings: Settings(
                database: database, keys: keys, values: tenants, baseDomain: base.configuration.baseDomain),
            rewrap: RewrapSecrets(
                keys: keys,
                features: [
                    SigningKeys(database: database), SecondFactorRewrapping(database: database),
                    AccessKeysRewrapping(database: database), ProvidersRewrapping(database: database),
                    SignOutHintsRewrapping(database: database),
                    SMSGatewaysRewrapping(database: database), FaceRewrapping(database: database),
                    FaceComponentRewrapping(database: database),
                    SecretsRewrapping(database: database), WebhooksRewrapping(database: database),
                    ChannelsRewrapping(database: database),
                    DeliveriesRewrapping(database: database), SettingsRewrapping(database: database),
                    StoresRewrapping(database: database), RecordingsRewrapping(database: database),
                ]),
            masterKey: MasterKeyDesk(
                masters: base.masters, follow: FollowMasterKey(keys: keys),
                installation: InstallationKeyFollower(database: database, masters: base.masters),
                queue: JobQueue(database: database)))
    }
}

extension S3Bucket {
    init(_ setting: S3StoreSetting) {
        self.init(
            endpoint: setting.endpoint, region: setting.region, bucket: setting.bucket, prefix: setting.prefix,
            accessKey: setting.accessKey, secretKey: setting.secretKey ?? Secret(""))
    }
}
