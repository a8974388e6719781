import Glibc

/// The limit of open files, sockets included.
enum Descriptors {
    /// Each session takes a few descriptors; the usual limit of 1,024 is for programs that need none.
    static func raiseLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        setrlimit(resource, &limit)
    }
}
