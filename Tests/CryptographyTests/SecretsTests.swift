import Cryptography
import Testing

@Suite struct SecretsTests {
    @Test func `a secret shows itself in no description, mirror or dump`() {
        struct Holder {
            let one = Redacted("hunter2")
            let two = SecretBytes(bytes("hunter2"))
            let three = DataKey()
            let four = SigningKey()
            let five = SealingPrivateKey()
            let six = RandomToken()
        }
        let holder = Holder()
        var dumped = ""
        dump(holder, to: &dumped)
        let shown = "\(holder)\(String(reflecting: holder))\(dumped)"
        #expect(!shown.contains("hunter2"))
        // The password's bytes as an array prints and as a dump lists them, three of them: public keys, addresses and
        // hashes hold any one of them by chance.
        #expect(!shown.contains("104, 117, 110"))
        let listed = dumped.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
        #expect(!listed.contains("- 104\n- 117\n- 110"))
        #expect(!shown.contains(holder.six.text.reveal()))
        #expect(holder.one.reveal() == "hunter2")
        #expect(holder.two.reveal() == bytes("hunter2"))
    }

    @Test func `comparison in constant time compares`() {
        #expect(ConstantTime.equals("abc", "abc"))
        #expect(!ConstantTime.equals("abc", "abd"))
        #expect(!ConstantTime.equals("abc", "abcd"))
        #expect(!ConstantTime.equals("e\u{301}", "\u{e9}"))
    }

    @Test func `a token is found again by its hash and repeats never`() {
        let tokens = (0..<100).map { _ in RandomToken(prefix: "ght_") }
        #expect(Set(tokens.map { $0.text.reveal() }).count == 100)
        let text = tokens[0].text.reveal()
        #expect(text.hasPrefix("ght_") && text.count == 47)
        #expect(RandomToken.hash(of: text) == tokens[0].hash)
    }
}
