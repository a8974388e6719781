/// Who the client is where proxies stand in between, as far as those are trusted to say so.
package enum ForwardedClient {
    /// From the right of `chain`, which is the value of X-Forwarded-For, each trusted proxy vouches for the address in front
    /// of it; the first that none vouches for is the client's. What stands further left, the client may have written itself.
    package static func address(peer: String, chain: String?, trusted: [AddressRange]) -> String {
        let peer = plain(peer)
        guard trusted.contains(peer) else { return peer }
        let hops = (chain ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " }.prefix { $0 != " " })
        }
        var client = peer
        for hop in hops.reversed() {
            guard AddressRange.bytes(of: hop) != nil else { break }
            client = plain(hop)
            if !trusted.contains(hop) { break }
        }
        return client
    }

    /// IPv4 as IPv4, also on a listener of both kinds: one client is one name in limits and records.
    private static func plain(_ address: String) -> String {
        let address = address.lowercased()
        return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }
}
