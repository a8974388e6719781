import Cryptography
import Kernel
import KeyService
import Outbound

extension MasterKeys {
    /// The keys at the top as the configuration names them. A key file that has retired must be there; the current one
    /// is made at the first start.
    init(_ configuration: ServerConfiguration, client: HTTPClient) throws {
        var retired: [any KeyProvider] = []
        for path in configuration.retiredMasterKeyFiles { retired.append(try MasterKey(loading: path)) }
        guard let transit = configuration.transit else {
            guard let path = configuration.masterKeyFile else {
                throw ConfigurationError("/ needs a masterKeyFile, or transit")
            }
            self.init(try MasterKey(loadingOrCreating: path), others: retired)
            return
        }
        if let path = configuration.masterKeyFile { retired.insert(try MasterKey(loading: path), at: 0) }
        // Once at the start, so that a file that is missing or open to others is heard of.
        _ = try readSecret(transit.tokenFile, atLeast: 1)
        let key = TransitKey(
            address: transit.address, mount: transit.mount, name: transit.key,
            token: { try readSecret(transit.tokenFile, atLeast: 1) })
        self.init(TransitKeyProvider(key, client: client), others: retired)
    }
}
