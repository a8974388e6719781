/// Where a client may connect to. It is asked for every socket, about the address that was resolved: a name that points
/// somewhere else the second time, an odd notation or a redirect changes nothing.
package enum EgressPolicy: Sendable, Hashable {
    /// Anywhere: for destinations that this installation's own configuration names, such as a worker's control plane.
    case open
    /// The Internet, and what an administrator has opened.
    ///
    /// An entry that names an address opens that address, whatever name led to it. An entry with a DNS name opens only
    /// private networks: loopback and link-local addresses, where this machine's own services and the cloud's metadata
    /// live, take an entry that says so (`127.0.0.1:8080`, `localhost:8080`), since whoever owns the name decides
    /// where it points.
    case guarded(allow: Set<HostPort>)

    func permits(_ address: IPAddress, port: Int, askedFor destination: HostPort) -> Bool {
        guard case .guarded(let allow) = self else { return true }
        let reach = address.reach
        if reach == .global || allow.contains(HostPort(address: address, port: port)) { return true }
        guard destination.port == port, allow.contains(destination) else { return false }
        switch reach {
        case .global, .site: return true
        // libcurl resolves this name itself, to the loopback addresses and nothing else.
        case .loopback: return destination.host == "localhost"
        case .reserved: return false
        }
    }

    func opening(_ more: Set<HostPort>) -> EgressPolicy {
        switch self {
        case .open: .open
        case .guarded(let allow): .guarded(allow: allow.union(more))
        }
    }
}
