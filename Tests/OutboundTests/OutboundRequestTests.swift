import Testing

@testable import Outbound

@Suite struct OutboundURLTests {
    @Test(arguments: [
        "", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "http://", "http:///x",
        "http://example.com:0/", "http://example.com:65536/", "http://exa mple.com/", "http://example.com/\r\nX: y",
        "http://example.com/\u{0}", "http://bücher.example/", "http://[fe80::1%25eth0]/", "http://[::1",
        "//example.com/",
        "javascript:alert(1)", "http://example.com/" + String(repeating: "a", count: 9000),
    ])
    func `only plain http and https URLs are taken`(text: String) {
        #expect(throws: OutboundError.invalidRequest(.url)) { try OutboundURL(text) }
    }

    @Test(arguments: ["http://user@example.com/", "https://user:secret@example.com/", "https://:secret@example.com/"])
    func `credentials have no place in a URL`(text: String) {
        #expect(throws: OutboundError.invalidRequest(.credentialsInURL)) { try OutboundURL(text) }
    }

    @Test(arguments: [
        ("https://EXAMPLE.com./a?b#c", "example.com:443"), ("http://example.com", "example.com:80"),
        ("https://example.com:8443/", "example.com:8443"), ("http://0x0a.5/", "10.0.0.5:80"),
        ("http://[::FFFF:10.0.0.5]:81/", "10.0.0.5:81"), ("http://[2001:DB8:0::1]/", "[2001:db8::1]:80"),
    ])
    func `a destination has one spelling`(text: String, destination: String) throws {
        #expect(try OutboundURL(text).destination.description == destination)
    }

    @Test func `its description shows neither path nor query`() throws {
        let url = try OutboundURL("https://hooks.example.com/services/T0/SECRET?key=SECRET#SECRET")
        #expect("\(url)" == "https://hooks.example.com:443/…")
        #expect(!url.text.contains("#"))
    }

    @Test(arguments: [
        "", "example.com", "example.com:", "example.com:x", "user@example.com:80", "example.com/x:80",
        "example.com:80/",
        "a?b:80", "::1:80", "example.com:0", "example.com:99999",
    ])
    func `an opened host is a host and a port`(text: String) {
        #expect(throws: OutboundError.self) { try HostPort(parsing: text) }
    }

    @Test func `an opened host equals the URL's destination however both are written`() throws {
        #expect(try HostPort(parsing: "Example.COM.:443") == OutboundURL("https://example.com/").destination)
        #expect(try HostPort(parsing: "[::ffff:10.0.0.5]:80") == OutboundURL("http://0x0a000005/").destination)
    }
}

@Suite struct OutboundRequestTests {
    @Test(arguments: [
        ("X-Test", "a\r\nX-Evil: b"), ("X-Test", "a\nb"), ("X-Test", "a\u{0}b"), ("X-Test", "\u{7F}"), ("", "a"),
        ("X Test", "a"), ("X-Test:", "a"), ("X-Test\r\nX-Evil", "a"), ("Ünicode", "a"),
        ("X-Test", String(repeating: "a", count: 20000)),
    ])
    func `a header cannot leave its line`(name: String, value: String) async throws {
        var request = OutboundRequest(.get, try OutboundURL("https://example.com/"))
        request.headers.append(name, value)
        await #expect(throws: OutboundError.invalidRequest(.header)) {
            try await withClient { try await $0.send(request) }
        }
    }

    @Test(arguments: [
        "Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade", "Expect", "TE", "Proxy-Authorization",
    ])
    func `the headers of the connection are the client's`(name: String) throws {
        let request = OutboundRequest(.get, try OutboundURL("https://example.com/"), headers: [name: "x"])
        #expect(throws: OutboundError.invalidRequest(.reservedHeader(name))) { try request.check() }
    }

    @Test func `a body goes only with methods that have one`() throws {
        let url = try OutboundURL("https://example.com/")
        #expect(throws: OutboundError.invalidRequest(.bodyNotAllowed)) {
            try OutboundRequest(.get, url, body: [1]).check()
        }
        #expect(throws: OutboundError.invalidRequest(.redirectsOfBody)) {
            try OutboundRequest(.post, url, body: [1], redirects: .followed(atMost: 1)).check()
        }
    }

    @Test func `headers show their names and keep their values`() {
        let headers: OutboundHeaders = ["Authorization": "Bearer SECRET"]
        #expect("\(headers)" == "Authorization")
    }
}
