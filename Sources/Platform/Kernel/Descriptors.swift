import Glibc

/// The limit of open files, sockets included.
package enum Descriptors {
    /// Each connection and each session takes some; the usual limit of 1,024 is for programs that need none. Returns how
    /// many there may be now.
    @discardableResult
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        setrlimit(resource, &limit)
        return getrlimit(resource, &limit) == 0 ? Int(min(limit.rlim_cur, 1 << 20)) : 1024
    }
}
