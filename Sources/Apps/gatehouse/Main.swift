import ArgumentParser

/// The command line for everybody.
@main
struct Gatehouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "Privileged access, recorded and metered.",
        discussion: """
            Run an installation with `up`; sign in with `login`, then see what you may reach with `ls`, connect with \
            `ssh`, and ask for more with `request`. Every command takes --json for programs.
            """,
        version: ProductVersion.text,
        groupedSubcommands: [
            CommandGroup(name: "Installation", subcommands: [Up.self, DemoCode.self, Migrate.self, Admin.self]),
            CommandGroup(
                name: "Access",
                subcommands: [
                    Login.self, Logout.self, Me.self, ListAssets.self, Connect.self, Grants.self, HandBack.self,
                    BreakGlass.self, Secrets.self, Tokens.self, TryAccess.self, ListOrganizations.self,
                ]),
            CommandGroup(
                name: "Requests",
                subcommands: [
                    RequestAccess.self, RenewRequest.self, CloneRequest.self, ExtendAccess.self, RequestRole.self,
                    RequestSecret.self,
                    Requests.self, ShowRequest.self, CommentRequest.self, WithdrawRequest.self, Approve.self,
                    Reject.self, ReassignRequest.self, Away.self,
                ]),
            CommandGroup(
                name: "Evidence",
                subcommands: [
                    Sessions.self, Replay.self, Export.self, ShowRecordingKey.self, Verify.self, VerifyErasure.self,
                ]),
        ]
    )
}

/// What this program is.
enum ProductVersion {
    static let text = "0.1.0"
}
