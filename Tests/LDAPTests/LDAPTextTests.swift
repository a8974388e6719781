import Testing

@testable import LDAP

struct LDAPTextTests {
    @Test(arguments: [
        ("ann", "ann"), ("a*", #"a\2a"#), ("(x)", #"\28x\29"#), (#"a\b"#, #"a\5cb"#), ("a\0", #"a\00"#),
        ("é", #"\c3\a9"#), ("ann@example.org", "ann@example.org"), ("a)(uid=*", #"a\29\28uid\3d\2a"#),
    ])
    func `what people type stays a value in a filter`(text: String, escaped: String) {
        #expect(LDAPText.filterValue(text) == escaped)
    }

    @Test func `a filter is one filter, with the place in it`() throws {
        let filter = try #require(LDAPFilter("(&(objectClass=person)(|(uid={login})(mail={login})))", place: "login"))
        #expect(
            filter.filled(with: "a*)(cn=*")
                == #"(&(objectClass=person)(|(uid=a\2a\29\28cn\3d\2a)(mail=a\2a\29\28cn\3d\2a)))"#)
        for bad in [
            "", "uid={login}", "(uid=x)", "(uid={login}", "(uid={login})(cn=*)", "((uid={login})))(", "(uid={login}) ",
        ] {
            #expect(LDAPFilter(bad, place: "login") == nil, "\(bad)")
        }
    }

    @Test func `there is no empty password`() {
        #expect(LDAPPassword("") == nil)
        #expect("\(LDAPPassword("secret")!)" == "<password>")
    }
}
