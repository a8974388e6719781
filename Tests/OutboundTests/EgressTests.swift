import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(1))) struct EgressTests {
    let receiver: Receiver

    init() async throws {
        receiver = try await Receiver.shared.value
    }

    @Test(arguments: ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"])
    func `loopback is refused in every notation`(host: String) async throws {
        let url = try receiver.url("/echo", host: host)
        await #expect(throws: OutboundError.destinationRefused(url.destination)) {
            try await withClient(egress: .guarded(allow: [])) { try await $0.send(.init(.get, url)) }
        }
    }

    @Test func `a name that resolves to loopback is refused, even if the name is opened`() async throws {
        let url = try receiver.url("/echo", host: "rebound.test")
        let names = ["rebound.test:\(receiver.port):127.0.0.1"]
        for allow in [[], [url.destination]] as [Set<HostPort>] {
            await #expect(throws: OutboundError.destinationRefused(url.destination)) {
                try await withClient(egress: .guarded(allow: allow), resolved: names) {
                    try await $0.send(.init(.get, url))
                }
            }
        }
    }

    @Test func `an opened address is reached under every name`() async throws {
        let names = ["opened.test:\(receiver.port):127.0.0.1"]
        let allow: Set = [receiver.address]
        try await withClient(egress: .guarded(allow: allow), resolved: names) { client in
            for host in ["127.0.0.1", "opened.test", "0x7f.1"] {
                let url = try receiver.url("/echo", host: host)
                #expect(try await client.send(.init(.get, url)).status == 200)
            }
        }
    }

    @Test func `a host is opened for one port`() async throws {
        let allow: Set = [try HostPort(parsing: "127.0.0.1:\(receiver.port + 1)")]
        await #expect(throws: OutboundError.destinationRefused(receiver.address)) {
            try await withClient(egress: .guarded(allow: allow)) {
                try await $0.send(.init(.get, try receiver.url("/echo")))
            }
        }
    }

    @Test func `a connection that another request was allowed to open is no way around`() async throws {
        try await withClient(egress: .guarded(allow: [])) { client in
            var request = OutboundRequest(.get, try receiver.url("/echo"))
            request.opened = [receiver.address]
            #expect(try await client.send(request).status == 200)
            request.opened = []
            await #expect(throws: OutboundError.destinationRefused(receiver.address)) {
                try await client.send(request)
            }
            request.opened = [receiver.address]
            #expect(try await client.send(request).status == 200)
        }
    }

    @Test(arguments: ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://localhost:1/"])
    func `a redirect to a closed address is refused`(target: String) async throws {
        let request = OutboundRequest(
            .get, try receiver.url("/redirect?to=\(target)"), redirects: .followed(atMost: 3),
            opened: [receiver.address])
        let expected = OutboundError.destinationRefused(try OutboundURL(target).destination)
        await #expect(throws: expected) {
            try await withClient(egress: .guarded(allow: [])) { try await $0.send(request) }
        }
    }

    @Test func `the stream is guarded like the rest`() async throws {
        await #expect(throws: OutboundError.destinationRefused(receiver.address)) {
            try await withClient(egress: .guarded(allow: [])) { client in
                _ = try await client.stream(.init(.get, try receiver.url("/events")))
            }
        }
    }
}

@Suite struct AddressReachTests {
    static let reaches: [(String, AddressReach)] = [
        ("1.1.1.1", .global), ("172.15.255.255", .global), ("172.32.0.1", .global), ("100.63.0.1", .global),
        ("100.128.0.1", .global), ("223.255.255.255", .global), ("169.253.0.1", .global), ("192.167.1.1", .global),
        ("10.0.0.1", .site), ("172.16.0.1", .site), ("172.31.255.255", .site), ("192.168.0.1", .site),
        ("100.64.0.1", .site), ("100.127.255.255", .site),
        ("127.0.0.1", .loopback), ("127.255.255.254", .loopback),
        ("0.0.0.0", .reserved), ("0.1.2.3", .reserved), ("169.254.169.254", .reserved), ("192.0.0.170", .reserved),
        ("192.0.2.1", .reserved), ("198.18.0.1", .reserved), ("198.19.255.255", .reserved),
        ("198.51.100.1", .reserved), ("203.0.113.1", .reserved), ("192.88.99.1", .reserved),
        ("224.0.0.1", .reserved), ("239.255.255.255", .reserved), ("240.0.0.1", .reserved),
        ("255.255.255.255", .reserved),
        ("2606:4700::1111", .global), ("2a00:1450::1", .global), ("2001:4860::8888", .global),
        ("::1", .loopback), ("::", .reserved), ("::127.0.0.1", .reserved),
        ("fc00::1", .site), ("fdff::1", .site), ("fd00:ec2::254", .site),
        ("fe80::1", .reserved), ("fec0::1", .reserved), ("ff02::1", .reserved), ("100::1", .reserved),
        ("2001:db8::1", .reserved), ("2001::1", .reserved), ("2001:1ff::1", .reserved), ("3fff::1", .reserved),
        ("5f00::1", .reserved), ("::ffff:127.0.0.1", .loopback), ("::ffff:10.0.0.1", .site),
        ("::ffff:169.254.169.254", .reserved), ("::ffff:1.1.1.1", .global),
        ("64:ff9b::7f00:1", .loopback), ("64:ff9b::a9fe:a9fe", .reserved), ("64:ff9b::101:101", .global),
        ("64:ff9b:1::101:101", .reserved), ("2002:7f00:1::", .loopback), ("2002:a00:1::1", .site),
        ("2002:a9fe:a9fe::1", .reserved), ("2002:101:101::1", .global),
    ]

    @Test(arguments: reaches) func `an address is known as far as the registries say`(
        text: String, reach: AddressReach
    ) throws {
        #expect(try #require(IPAddress(text)).reach == reach)
    }

    @Test(arguments: ["", "1.2.3", "0x7f.0.0.1", "1.2.3.4.5", "fe80::1%eth0", "localhost", "1.2.3.4 "])
    func `what is no address is not read as one`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `a name opens private networks but neither this machine nor its link`() throws {
        let name = try HostPort(parsing: "hooks.acme.test:443")
        let policy = EgressPolicy.guarded(allow: [name])
        for (address, isPermitted) in [
            ("10.1.2.3", true), ("fd00::1", true), ("1.1.1.1", true), ("127.0.0.1", false), ("169.254.169.254", false),
            ("64:ff9b::7f00:1", false), ("255.255.255.255", false),
        ] {
            let address = try #require(IPAddress(address))
            #expect(policy.permits(address, port: 443, askedFor: name) == isPermitted)
        }
        let other = try HostPort(parsing: "other.acme.test:443")
        #expect(!policy.permits(try #require(IPAddress("10.1.2.3")), port: 443, askedFor: other))
    }
}
