import Cryptography
import Kernel

/// Brings the parts of an installation up, each when what it needs is there.
struct StartInstallation: Sendable {
    let installation: Installation
    let wantsDemo: Bool
    let progress: Progress

    func callAsFunction(_ launcher: Launcher) async throws -> Demo? {
        let secrets = try InstallationSecrets.load(installation.secretsFile)
        try InstallationSecrets.token(installation.providerTokenFile)
        let database = try await startDatabase(secrets, launcher)
        let redis = try RedisInstance(installation, secrets)
        try await progress.step("Starting Redis") { try await launcher.start(redis.part) }
        let portal = Programs.portal()
        if portal == nil { progress.say("The portal is not built (Web/build.py): only the API is served") }
        let server = try ServerPart(installation, database: database, redis: redis, portal: portal)
        try await progress.step("Starting the server") { try await launcher.start(server.part) }
        let console = APIClient(
            origin: installation.origin("provider"), prefix: "/provider/v1",
            credential: .token(try SecretSource.read(file: installation.providerTokenFile)))
        for number in (0..<installation.workers).map({ $0 + 1 }) {
            let worker = try WorkerPart(installation, number: number)
            if !worker.isEnrolled {
                try await progress.step("Enrolling worker \(number)") { try await worker.enrol(console) }
            }
            try await progress.step("Starting worker \(number)") { try await launcher.start(worker.part) }
        }
        return wantsDemo ? try await startDemo(console, launcher) : nil
    }

    private func startDatabase(_ secrets: InstallationSecrets, _ launcher: Launcher) async throws -> PostgresCluster {
        let database = try PostgresCluster(installation, secrets)
        if database.isNew {
            try await progress.step("Making a PostgreSQL cluster") { try await database.create() }
        } else if database.removeStaleMark() {
            progress.say("Removed the mark of a PostgreSQL that is gone (postmaster.pid)")
        }
        try await progress.step("Starting PostgreSQL") { try await launcher.start(database.part) }
        let migrations = try Programs.migrations()
        let applied = try await progress.step("Bringing the schema up to date") {
            try await database.provision(migrations: migrations)
        }
        if !applied.isEmpty { progress.say("  applied \(applied.count) migrations") }
        return database
    }

    private func startDemo(_ console: APIClient, _ launcher: Launcher) async throws -> Demo {
        let target = try DemoTarget(installation)
        try await progress.step("Starting the demo target") {
            try await target.prepare()
            try await launcher.start(target.part)
        }
        if let limitation = target.limitation { progress.say("  \(limitation)") }
        let seed = DemoSeed(installation: installation, console: console, target: target)
        if var demo = try Demo(installation.demoFile) {
            if demo.targetPort != target.port {
                progress.say(
                    "  \(Demo.asset) was made with port \(demo.targetPort): change it in the portal, or use --target-port"
                )
            }
            if demo.operator == nil {
                demo.operator = try await progress.step("Making an operator") { try await seed.makeOperator() }
                try demo.save(installation.demoFile)
            }
            return demo
        }
        return try await progress.step("Making the demo tenant \(Demo.tenant)") { try await seed() }
    }
}
