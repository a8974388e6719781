import Access
import Assets
import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Hosting
import Identity
import Jobs
import Kernel
import KeyService
import Messaging
import Metering
import ObjectStore
import Outbound
import Postgres
import SSH
import Sessions
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
    let loops: SSHLoopGroup
    let limits: RateLimits
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
        let settings = IdentitySettings(
            catalogue: Catalogue.permissions,
            portal: try PortalAddress(template: base.configuration.origin(of: "{tenant}")),
            throttle: { [limits = base.limits] address in
                await limits.wait(.unauthenticated, "gateway/\(address)")
            })
        let identity = Identity(
            database: database, hasher: base.hasher, keys: keys, settings: settings, tenants: tenants)
        let tenancy = Tenancy(
            database: database, keys: keys, administrators: FirstAdministrator(settings: settings))
        let directory = TenantDirectory(database: database)
        let configuration = base.configuration
        let portal: @Sendable (TenantScope) async throws -> String = { scope in
            if let host = try await tenants.value(of: Setting.hostName, in: scope) {
                return configuration.origin(host: host.text)
            }
            return configuration.origin(of: try await tenancy.find(scope.tenant, in: scope).slug.text)
        }
        let assets = Assets(database: database, outbox: outbox, scanner: .live(base.loops))
        let vault = Vault(database: database, keys: keys)
        let access = Access(database: database, outbox: outbox)
        let messaging = Messaging(
            database: database, keys: keys, client: base.client, queue: JobQueue(database: database))
        let tickets = Tickets(
            database: database, access: access, messaging: messaging, outbox: outbox,
            portal: TicketPortal(base: portal))
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
        let gateways = Gateways(database: database)
        let terminals = TerminalTokens(database: database, gateway: { try await gateways.web() })
        let hosting = Hosting(
            database: database, keys: base.installation,
            features: Hosting.Features(
                sessions: sessions, recordings: recordings, terminals: terminals, directory: directory,
                tenantKeys: keys),
            ports: HostingPorts(
                identity: GatewayPeople(identity: identity),
                menu: GatewayTargets(access: access, sessions: sessions, tickets: tickets),
                access: GatewayAccess(assets: assets, vault: vault, access: access, portal: portal),
                secrets: GatewaySecrets(vault: vault), hostKeys: GatewayHostKeys(assets: assets)),
            settings: HostingSettings(portal: { configuration.origin(of: $0) }))
        return Features(
            tenancy: tenancy, keys: keys, identity: identity, assets: assets, vault: vault, access: access,
            messaging: messaging,
            tickets: tickets, sessions: sessions, recordings: recordings, terminals: terminals, hosting: hosting,
            gateways: gateways, metering: Metering(database: database), trail: AuditLog(database: database),
            directory: directory, tenants: tenants,
            settings: Settings(
                database: database, keys: keys, values: tenants, baseDomain: base.configuration.baseDomain),
            rewrap: RewrapSecrets(
                keys: keys,
                features: [
                    SigningKeys(database: database), SecondFactorRewrapping(database: database),
                    SecretsRewrapping(database: database), WebhooksRewrapping(database: database),
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
