import Kernel
import Testing

@testable import Assets

@Suite struct NameTests {
    @Test(arguments: ["a", "web-1", "web-1.example.com", "A_b", "1", String(repeating: "x", count: 63)])
    func `names that people can type are asset names`(_ text: String) throws {
        #expect(try AssetName(parsing: text).text == text)
    }

    @Test(arguments: [
        "", " ", "-a", ".a", "_a", "a b", "a+b", "a@b", "a/b", "a:b", "a\n", "a\u{0}", "ä", "a\u{200B}", "a'b", "$(id)",
        "..", String(repeating: "x", count: 64),
    ])
    func `what a shell, a path or an eye could misread is no asset name`(_ text: String) {
        #expect(throws: Invalid.self) { try AssetName(parsing: text) }
    }

    @Test(arguments: ["root", "a", "svc.backup", "DOMAIN\\user", "jürgen", "用户", "user@corp", "x$", "-x", "a'b"])
    func `login names of targets are account names`(_ text: String) throws {
        #expect(try AccountName(parsing: text).text == text)
    }

    @Test(arguments: [
        "", "@all", "@x", "a b", "a+b", "a:b", "a\n", "a\t", "\u{0}", "a\u{7F}", "a\u{85}", "a\u{A0}", "a\u{200B}",
        "a\u{202E}b", "a\u{2066}b", "a\u{FEFF}", "a\u{2028}", "a\u{3000}", String(repeating: "x", count: 65),
    ])
    func `what separates, hides or turns round is no account name`(_ text: String) {
        #expect(throws: Invalid.self) { try AccountName(parsing: text) }
    }

    @Test(arguments: [
        "localhost", "web-1.example.com", "10.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "2001:db8::8:800:200c:417a",
        "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1::", "xn--bcher-kva.example", "3com.example", "a1", "0xy.example",
    ])
    func `host names and addresses are addresses`(_ text: String) throws {
        #expect(try AssetAddress(parsing: text).text == text)
    }

    @Test(arguments: [
        "", " ", "a b", "a..b", ".a", "a.", "-a", "a-", "a_b", "a.-b", "http://a", "a:22", "[::1]", "::1%eth0", ":::",
        "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::1", "127.1", "127.0.0.01", "256.0.0.1", "1.2.3.4.5",
        "2130706433", "0x7f000001", "0x7f.1", "1.2.3.0x4", "::1.2.3", "1.2.3.4::", "a\u{0}", "a\n", "ä.example",
        String(repeating: "x", count: 64), "@{}",
    ])
    func `what a resolver reads in its own way is no address`(_ text: String) {
        #expect(throws: Invalid.self) { try AssetAddress(parsing: text) }
    }
}
