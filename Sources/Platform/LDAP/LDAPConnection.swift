import Outbound

/// A directory as a job sees it: bound with the directory's own account to the first server that serves. Only the job's
/// thread may use it.
package final class LDAPConnection {
    private static let pageSize = 500
    /// So many pages in a row may have nothing in them.
    private static let mostEmpty = 20
    /// What a page may hold from a server that does not know pages.
    private static let mostInPage = 5000
    private static let patience = Duration.seconds(300)

    private let session: LDAPSession
    private let directory: LDAPDirectory
    private let egress: EgressPolicy
    /// What became of the servers before this one, and this one at the end.
    package let attempts: [LDAPAttempt]
    private let server: HostPort
    private let watchdogs: Watchdogs

    init(
        _ session: LDAPSession, to server: HostPort, of directory: LDAPDirectory, egress: EgressPolicy,
        _ watchdogs: Watchdogs, after attempts: [LDAPAttempt]
    ) {
        self.session = session
        self.watchdogs = watchdogs
        self.server = server
        self.directory = directory
        self.egress = egress
        self.attempts = attempts
    }

    /// Up to `limit` entries; `isCut` says that there are more.
    package func search(_ search: LDAPSearch, limit: Int) throws(LDAPError) -> (entries: [LDAPEntry], isCut: Bool) {
        session.allow(directory.timeout)
        let page = try session.page(search, limit: limit)
        return (page.entries, page.isCut)
    }

    /// All entries, page by page, for as long as there are not more than `limit`.
    package func all(_ search: LDAPSearch, limit: Int) throws(LDAPError) -> [LDAPEntry] {
        var entries: [LDAPEntry] = []
        var cookie: [UInt8] = []
        repeat {
            session.allow(directory.timeout)
            let page = try session.page(search, limit: limit - entries.count, paged: Self.pageSize, after: cookie)
            if page.isCut { throw .tooMuch }
            // A server that repeats an empty page for ever gets no further.
            if page.entries.isEmpty, page.cookie == cookie { break }
            entries += page.entries
            cookie = page.cookie
        } while !cookie.isEmpty
        return entries
    }

    /// All entries, `size` at a time: whoever takes them sees all of them, or this throws. A server that stops at a limit
    /// of its own, goes in circles, stops saying whether there is more, has more than `limit` or needs longer than
    /// `deadline` has not shown all.
    package func pages(
        _ search: LDAPSearch, of size: Int = 500, limit: Int, until deadline: ContinuousClock.Instant,
        _ take: ([LDAPEntry]) throws(LDAPError) -> Void
    ) throws(LDAPError) {
        try session.allowLargeMessages()
        var cookie: [UInt8] = []
        var (count, empty) = (0, 0)
        repeat {
            guard .now < deadline else { throw .timedOut }
            session.allow(directory.timeout)
            let isFirst = cookie.isEmpty
            let page = try session.page(search, limit: Self.mostInPage, paged: size, after: cookie)
            count += page.entries.count
            guard !page.isCut, count <= limit else { throw .tooMuch }
            guard isFirst || page.isPaged else { throw .protocolViolation("a page without a word on the next one") }
            empty = page.entries.isEmpty ? empty + 1 : 0
            guard page.cookie.isEmpty || (page.cookie != cookie || !page.entries.isEmpty) && empty <= Self.mostEmpty
            else { throw .protocolViolation("the same page again and again") }
            cookie = page.cookie
            rest()
            if !page.entries.isEmpty { try take(page.entries) }
        } while !cookie.isEmpty
    }

    /// Whoever takes what was read may need a while, in which the server is not waited for.
    package func rest() { session.allow(Self.patience) }

    /// Throws unless the password is this entry's; on a connection of its own, so that what is searched is never searched
    /// with somebody's own rights.
    package func prove(_ dn: String, _ password: LDAPPassword) throws(LDAPError) {
        let own = try LDAPSession(server, directory, egress: egress, watchdogs.next(), within: directory.timeout)
        own.allow(directory.timeout)
        try own.bind(dn, password)
    }
}
