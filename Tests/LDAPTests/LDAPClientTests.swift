import Glibc
import Kernel
import Outbound
import TestSupport
import Testing

@testable import LDAP

/// The client against two real slapds, and against servers that lie.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct LDAPClientTests {
    private let client = LDAPClient(threads: 4)

    private func directory(
        _ test: TestDirectory, ports: [Int], security: LDAPDirectory.Security = .startTLS, authorities: String? = nil,
        password: String = TestDirectory.searchPassword, timeout: Duration = .seconds(5)
    ) throws -> LDAPDirectory {
        LDAPDirectory(
            servers: try ports.map { try HostPort(parsing: "127.0.0.1:\($0)") }, security: security,
            authorities: authorities ?? test.authority,
            account: LDAPDirectory.Account(dn: TestDirectory.searchDN, password: LDAPPassword(password)!),
            timeout: timeout)
    }

    private static func person(_ filter: String, base: String = TestDirectory.base) -> LDAPSearch {
        LDAPSearch(base: base, filter: filter, attributes: ["uid", "entryUUID", "memberOf"])
    }

    private func find(_ filter: String, in directory: LDAPDirectory) async throws -> [LDAPEntry] {
        try await client.run(directory, for: "acme", egress: .open) { connection throws(LDAPError) in
            try connection.search(Self.person(filter), limit: 2).entries
        }
    }

    private func error(of work: () async throws -> some Sendable) async -> LDAPError? {
        do {
            _ = try await work()
            return nil
        } catch {
            return error as? LDAPError
        }
    }

    private func firstError(of directory: LDAPDirectory, _ filter: String = "(uid=ann)") async -> LDAPError? {
        let error = await error { try await find(filter, in: directory) }
        if case .noServer(let attempts)? = error { return attempts.first?.error }
        return error
    }

    @Test(arguments: LDAPDirectory.Security.allCases)
    func `an entry is found, and its password proven, over either kind of encryption`(
        security: LDAPDirectory.Security
    ) async throws {
        let test = try await TestDirectory()
        let port = security == .tls ? test.first.securePort : test.first.port
        let directory = try directory(test, ports: [port], security: security)
        let found = try await find("(uid=ann)", in: directory)
        #expect(found.map(\.dn) == ["uid=ann,ou=people,dc=example,dc=org"])
        #expect(found.first?.texts("memberOf") == ["cn=ops,ou=groups,dc=example,dc=org"])
        #expect(found.first?.text("entryUUID")?.count == 36)
        for (password, isRight) in [("secret of ann", true), ("secret of ben", false)] {
            let error = await error {
                try await client.run(directory, for: "acme", egress: .open) { connection throws(LDAPError) in
                    try connection.prove("uid=ann,ou=people,dc=example,dc=org", LDAPPassword(password)!)
                }
            }
            if isRight { #expect(error == nil) } else { #expect(error == .refused(code: 49, "")) }
        }
    }

    @Test func `what is typed finds nothing but what it says`() async throws {
        let test = try await TestDirectory()
        let directory = try directory(test, ports: [test.first.port])
        let filter = try #require(LDAPFilter("(&(objectClass=person)(uid={login}))", place: "login"))
        for text in ["*", "a*", "ann)(cn=*", "ann)(|(uid=*", "*)(uid=*))(|(uid=*", "ann\0", #"\61nn"#, "(ann)"] {
            #expect(try await find(filter.filled(with: text), in: directory).isEmpty, "\(text)")
        }
        #expect(try await find(filter.filled(with: "ann"), in: directory).count == 1)
        let name = try #require(LDAPFilter("(cn={login})", place: "login"))
        #expect(try await find(name.filled(with: "Eve (x) *"), in: directory).count == 1)
        #expect(await firstError(of: directory, "((uid=ann)") == .refused(code: -7, "the filter is not valid"))
    }

    @Test func `a certificate of somebody else, or for another name, is not taken`() async throws {
        let test = try await TestDirectory()
        for security in LDAPDirectory.Security.allCases {
            let port = security == .tls ? test.first.securePort : test.first.port
            let other = try await TestDirectory()
            for authorities in [other.authority, nil] {
                var directory = try directory(test, ports: [port], security: security, authorities: authorities)
                if authorities == nil {
                    // The operating system's authorities.
                    directory = LDAPDirectory(
                        servers: directory.servers, security: security, authorities: nil, account: directory.account)
                }
                guard case .notEncrypted? = await firstError(of: directory) else {
                    Issue.record("\(security) took the certificate")
                    continue
                }
            }
        }
        let wrong = try await LyingDirectory("everybody", certificatesOf: test, name: "wrong")
        guard case .notEncrypted? = await firstError(of: try directory(test, ports: [wrong.port], security: .tls))
        else {
            Issue.record("a certificate for another name was taken")
            return
        }
    }

    @Test func `the account's own password is needed`() async throws {
        let test = try await TestDirectory()
        let wrong = try directory(test, ports: [test.first.port, test.second.port], password: "no")
        #expect(await firstError(of: wrong) == .refused(code: 49, ""))
    }

    @Test func `a server that says nothing while it should encrypt takes time and no core`() async throws {
        let test = try await TestDirectory()
        test.first.signal(SIGSTOP)
        defer { test.first.signal(SIGCONT) }
        let directory = try directory(test, ports: [test.first.securePort], security: .tls)
        let watchdogs = Watchdogs()
        async let looking: Void = watchdogs.run()
        let (error, seconds) = try await BlockingPool(threads: 1, waiting: 1).run { () -> (LDAPError?, Double) in
            defer { watchdogs.end() }
            let before = Self.ownSeconds()
            do throws(LDAPError) {
                _ = try LDAPSession(
                    directory.servers[0], directory, egress: .open, watchdogs.next(), within: .milliseconds(800))
                return (nil, Self.ownSeconds() - before)
            } catch {
                return (error, Self.ownSeconds() - before)
            }
        }
        await looking
        #expect(error == .timedOut)
        #expect(seconds < 0.4, "of CPU while it waited for 0.8 s")
    }

    /// How long this thread has been on a core.
    private static func ownSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `the next server serves when the first is gone, or hangs`() async throws {
        let test = try await TestDirectory()
        let directory = try directory(test, ports: [test.first.port, test.second.port])
        test.first.signal(SIGSTOP)
        let hanging = LDAPClient()
        let start = ContinuousClock.now
        let answer = try await hanging.run(directory, for: "acme", egress: .open) { connection throws(LDAPError) in
            (try connection.search(Self.person("(uid=ann)"), limit: 2).entries.count, connection.attempts)
        }
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(answer.0 == 1)
        #expect(answer.1.map(\.error) == [.timedOut, nil])
        // It is asked last for a while.
        let again = try await hanging.run(directory, for: "acme", egress: .open) { connection throws(LDAPError) in
            connection.attempts
        }
        #expect(again.map(\.server.port) == [test.second.port])
        test.first.signal(SIGCONT)
        await test.first.stop()
        let second = try await find("(uid=ann)", in: directory)
        #expect(second.count == 1)
        await test.second.stop()
        let error = await error { try await find("(uid=ann)", in: directory) }
        guard case .noServer(let attempts)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(attempts.count == 2)
    }

    @Test(arguments: 1...4)
    func `the last server serves within three seconds when all before it hang`(count: Int) async throws {
        let test = try await TestDirectory()
        let hanging = try (0..<count).map { _ in try DeafServer() }
        let directory = try directory(test, ports: hanging.map(\.port) + [test.second.port])
        let start = ContinuousClock.now
        let attempts = try await LDAPClient().run(directory, for: "acme", egress: .open) {
            connection throws(LDAPError) in connection.attempts
        }
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(attempts.map(\.error) == Array(repeating: .timedOut, count: count) + [nil])
    }

    @Test func `servers before the last share two seconds, and what one leaves is for the others`() {
        #expect(LDAPClient.patience(before: 0, sharing: .seconds(2)) == nil)
        #expect(LDAPClient.patience(before: 1, sharing: .seconds(2)) == .milliseconds(1200))
        #expect(LDAPClient.patience(before: 4, sharing: .seconds(2)) == .milliseconds(500))
        #expect(LDAPClient.patience(before: 3, sharing: .milliseconds(1800)) == .milliseconds(600))
        #expect(LDAPClient.patience(before: 2, sharing: .milliseconds(100)) == .milliseconds(300))
        #expect(LDAPClient.patience(before: 1, sharing: .milliseconds(-50)) == .milliseconds(300))
        for count in 1...4 {
            var (left, taken) = (LDAPClient.patienceTogether, Duration.zero)
            for following in (1...count).reversed() {
                let patience = LDAPClient.patience(before: following, sharing: left) ?? .zero
                left -= patience
                taken += patience
            }
            #expect(taken <= LDAPClient.patienceTogether)
        }
    }

    @Test func `only what the egress policy opens is connected to`() async throws {
        let test = try await TestDirectory()
        let directory = try directory(test, ports: [test.first.port])
        func run(_ allow: Set<HostPort>) async -> LDAPError? {
            await error {
                try await client.run(directory, for: "acme", egress: .guarded(allow: allow)) {
                    connection throws(LDAPError) in connection.attempts
                }
            }
        }
        let server = directory.servers[0]
        guard case .noServer(let attempts)? = await run([]) else {
            Issue.record("a loopback address was open")
            return
        }
        #expect(attempts.map(\.error) == [.unreachable(.destinationRefused(server))])
        #expect(await run([server]) == nil)
    }

    @Test(arguments: [
        ("bind-by-search", LDAPError.protocolViolation("something else than the answer to a bind")),
        ("other-id", .timedOut), ("referral", .referral), ("silent", .timedOut), ("drip", .timedOut),
    ])
    func `a server that lies or dawdles is not believed`(lie: String, expected: LDAPError) async throws {
        let test = try await TestDirectory()
        let liar = try await LyingDirectory(lie, certificatesOf: test)
        // What is a lie at once must not be late because the handshake was.
        let timeout = Duration.seconds(expected == .timedOut ? 1 : 3)
        let directory = try directory(test, ports: [liar.port], security: .tls, timeout: timeout)
        let start = ContinuousClock.now
        #expect(await firstError(of: directory) == expected)
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func `a server gets no further with more than it was asked for`() async throws {
        let test = try await TestDirectory()
        func liar(_ lie: String) async throws -> (LyingDirectory, LDAPDirectory) {
            let liar = try await LyingDirectory(lie, certificatesOf: test)
            return (liar, try directory(test, ports: [liar.port], security: .tls))
        }
        let (_twins, twins) = try await liar("twins")
        #expect(try await find("(uid=ann)", in: twins).count == 2)
        let one = await error {
            try await client.run(twins, for: "acme", egress: .open) { connection throws(LDAPError) in
                try connection.search(Self.person("(uid=ann)"), limit: 1).entries
            }
        }
        #expect(one == .tooMuch)
        let (_endless, endless) = try await liar("endless")
        let pages = try await client.run(endless, for: "acme", egress: .open) { connection throws(LDAPError) in
            try connection.all(Self.person("(uid=ann)"), limit: 100)
        }
        #expect(pages.isEmpty)
        let (_huge, huge) = try await liar("huge")
        guard case .brokenOff? = await firstError(of: huge) else {
            Issue.record("a message of a gigabyte was waited for")
            return
        }
        withExtendedLifetime((_twins, _endless, _huge)) {}
    }

    @Test func `entries come in pages, up to the limit`() async throws {
        let test = try await TestDirectory()
        try await test.add(people: 900)
        let directory = try directory(test, ports: [test.first.port])
        func count(_ limit: Int) async throws -> Int {
            try await client.run(directory, for: "acme", egress: .open) { connection throws(LDAPError) in
                try connection.all(Self.person("(uid=many*)"), limit: limit).count
            }
        }
        #expect(try await count(5000) == 900)
        #expect(await error { try await count(700) } == .tooMuch)
    }

    @Test func `one company's directory that hangs leaves threads for the others`() async throws {
        let test = try await TestDirectory()
        let liar = try await LyingDirectory("silent", certificatesOf: test)
        let hanging = try directory(test, ports: [liar.port], security: .tls, timeout: .seconds(5))
        let good = try directory(test, ports: [test.first.port])
        let shared = LDAPClient(threads: 4, waiting: 4, share: 2)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do {
                        _ = try await shared.run(hanging, for: "acme", egress: .open) { connection throws(LDAPError) in
                            connection.attempts
                        }
                        return false
                    } catch {
                        return error is BlockingPool.Busy
                    }
                }
            }
            // Two of the six have the share, the others were told at once.
            var refused = 0
            while refused < 4, let isBusy = try await group.next() { refused += isBusy ? 1 : 0 }
            #expect(refused == 4)
            let start = ContinuousClock.now
            _ = try await shared.run(good, for: "bolt", egress: .open) { connection throws(LDAPError) in
                connection.attempts
            }
            #expect(ContinuousClock.now - start < .seconds(4))
        }
    }

    @Test func `a task that is cancelled ends the conversation`() async throws {
        let test = try await TestDirectory()
        let liar = try await LyingDirectory("silent", certificatesOf: test)
        let hanging = try directory(test, ports: [liar.port], security: .tls, timeout: .seconds(10))
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await find("(uid=ann)", in: hanging) }
            try? await Task.sleep(for: .milliseconds(200))
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}

/// A server that takes connections and never says a word.
private final class DeafServer {
    let port: Int
    private let socket: Int32

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: inet_addr("127.0.0.1"))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isListening)
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}
