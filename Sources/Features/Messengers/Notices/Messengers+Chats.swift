package import Kernel

extension Messengers {
    /// The vendors by whom a company's people may be written to, each by themselves or, where it has rooms, all at once.
    package func chats(in scope: TenantScope) async throws -> Set<ChannelVendor> {
        Set(try await channels.vendors(in: scope, database))
    }
}
