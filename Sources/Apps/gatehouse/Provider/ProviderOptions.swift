import ArgumentParser
import Cryptography
import Foundation

/// How the provider's console is reached.
struct ProviderOptions: ParsableArguments {
    @Option(
        name: .long, help: "The provider's console. Default: GATEHOUSE_PROVIDER_URL, or http://provider.localhost:8080."
    )
    var url: String?
    @Option(
        name: .long,
        help: "The file with the operator's token. Default: GATEHOUSE_PROVIDER_TOKEN, or var/provider-token.",
        completion: .file())
    var tokenFile: String?

    func console() throws -> APIClient {
        let environment = ProcessInfo.processInfo.environment
        let address = url ?? environment["GATEHOUSE_PROVIDER_URL"] ?? "http://provider.localhost:8080"
        return APIClient(
            origin: try PortalOptions.origin(of: address), prefix: "/provider/v1",
            credential: .token(try token(environment["GATEHOUSE_PROVIDER_TOKEN"])))
    }

    private func token(_ inherited: String?) throws -> Redacted<String> {
        if let tokenFile { return try SecretSource.read(file: tokenFile) }
        if let inherited, !inherited.isEmpty { return Redacted(inherited) }
        return try SecretSource.read(file: "var/provider-token")
    }
}
