import ArgumentParser
import Kernel

/// What the hosting provider does.
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the installation: tenants, plans, workers, operators, keys (hosting provider).",
        subcommands: [
            AdminTenant.self, AdminSignUp.self, AdminPlan.self, AdminWorker.self, AdminOperator.self, AdminUsage.self,
            AdminInvoice.self, AdminMasterKey.self,
        ])
}

/// Tenants.
struct AdminTenant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Tenants.",
        subcommands: [
            Create.self, List.self, Show.self, Trial.self, Activate.self, Suspend.self, Resume.self, Close.self,
            CancelClosing.self, Delete.self, Proof.self, AdminTenantPlan.self,
        ])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a tenant; prints the link by which its first administrator comes in.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The first part of the tenant's host name: lower case letters, digits, hyphens.")
        var slug: String
        @Option(name: .long, help: "The company's name.")
        var name: String
        @Option(name: .long, help: "The first administrator's login.")
        var adminLogin: String
        @Option(name: .long, help: "The first administrator's name.")
        var adminName: String
        @Option(name: .long, help: "The first administrator's mail address.")
        var adminEmail: String?
        @Option(name: .long, help: "For a trial of this length: 14d, 30d. Without it the tenant is active.")
        var trial: String?

        func run() async throws {
            let administrator: JSON = ["login": .string(adminLogin), "name": .string(adminName)]
            let email: JSON = adminEmail.map { ["email": .string($0)] } ?? [:]
            let tenant: JSON = [
                "slug": .string(slug), "name": .string(name), "administrator": administrator.merging(email),
            ]
            let answer = try await provider.console().post(
                "/tenants", tenant.merging(try TenantTrial.member(trial, "trialEndsAt")))
            let link = answer.text("invitationUrl")
            let address = answer.text("mailedTo")
            output.show(
                answer,
                "Tenant \(slug) is there (\(answer.text("tenant", "id"))).\n"
                    + (!address.isEmpty
                        ? "An invitation is on its way to \(address.oneLine)."
                        : link.isEmpty
                            ? "Its administrator has come in already."
                            : "Its administrator comes in by this link, good for three days:\n\(link)"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tenants.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await provider.console().list("/tenants", atMost: 10_000),
                [
                    ("slug", { $0.text("slug") }), ("name", { $0.text("name") }), ("state", { $0.text("state") }),
                    ("until", { TenantChange.until($0) }),
                    ("id", { $0.text("id") }), ("created", { SpokenTime.local($0.text("createdAt")) }),
                ],
                empty: "There are none. Create one with: gatehouse admin tenant create")
        }
    }
}

extension APIClient {
    /// The id of a tenant that is named by slug or id.
    func tenantID(_ name: String) async throws -> String {
        if TenantID(name) != nil { return name }
        let found = try await list("/tenants", [("filter", "slug eq \(JSON.string(name).inWords)")], atMost: 1)
        guard let tenant = found.first else { throw CommandFailure("There is no tenant \(name.oneLine).") }
        return tenant.text("id")
    }
}
