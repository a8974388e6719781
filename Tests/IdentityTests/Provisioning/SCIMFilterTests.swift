import Kernel
import Testing

@testable import Identity

/// Filters and paths of RFC 7644, and what is none.
@Suite struct SCIMFilterTests {
    private static let person: JSON = [
        "id": "usr_1", "externalId": "Ab1", "userName": "anna@example.com", "active": true,
        "displayName": "Anna Archer", "name": ["givenName": "Anna", "familyName": "Archer"],
        "emails": [
            ["value": "anna@example.com", "type": "work", "primary": true],
            ["value": "a@home.example", "type": "home"],
        ],
        "meta": ["created": "2026-11-29T12:00:00.000Z", "resourceType": "User"],
    ]

    private func holds(_ text: String) throws -> Bool {
        let filter = try SCIMFilterParser.filter(text)
        try filter.check(against: .user)
        return filter.holds(for: Self.person, of: .user)
    }

    @Test(
        arguments: [
            (#"userName eq "anna@example.com""#, true), (#"userName eq "ANNA@example.com""#, true),
            (#"username EQ "anna@example.com""#, true), (#"userName eq "ann""#, false),
            (#"externalId eq "Ab1""#, true), (#"externalId eq "ab1""#, false), (#"userName ne "bob""#, true),
            (#"userName co "EXAMPLE""#, true), (#"userName sw "anna""#, true), (#"userName ew ".com""#, true),
            (#"userName ew ".org""#, false), ("active eq true", true), ("active eq false", false),
            ("active ne false", true), ("nickName pr", nil), ("displayName pr", true), ("name.middleName pr", false),
            (#"name.givenName eq "anna""#, true), (#"emails.type eq "home""#, true),
            (#"emails co "home.example""#, true),
            (#"emails[type eq "work" and value co "anna"]"#, true),
            (#"emails[type eq "home" and primary eq true]"#, false),
            (#"not (userName eq "bob")"#, true), (#"not (active eq true) or displayName co "arch""#, true),
            (#"userName eq "bob" or userName eq "anna@example.com" and active eq false"#, false),
            (#"(userName eq "bob" or userName eq "anna@example.com") and active eq true"#, true),
            (#"meta.created gt "2026-01-01T00:00:00Z""#, true), (#"meta.created lt "2026-01-01T00:00:00Z""#, false),
            (#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna@example.com""#, true),
            ("displayName eq null", false), ("name.middleName eq null", true), (#"displayName gt "Ann""#, true),
            (#"userName eq "a\"b""#, false), (#"userName eq "\u0061nna@example.com""#, true),
        ] as [(String, Bool?)])
    func `a filter holds for whom it should`(_ text: String, _ expected: Bool?) throws {
        guard let expected else {
            #expect(throws: SCIMFault.self) { try holds(text) }
            return
        }
        #expect(try holds(text) == expected, "\(text)")
    }

    @Test(arguments: [
        "", " ", "userName", "userName eq", #"userName xx "a""#, #"userName eq a"#, #"eq "a""#, "(", ")", "()", "not",
        #"not userName eq "a""#, #"userName eq "a" and"#, #"userName eq "a" userName pr"#, #"(userName eq "a""#,
        #"userName eq "a")"#, #"emails[type eq "a""#, #"emails]"#, #"emails[]"#, #"emails[emails[type pr]]"#,
        #"userName eq "a"#, #"userName eq "\x""#, #"1userName eq "a""#, #"user name eq "a""#, #"userName;eq "a""#,
        #"userName gt true"#, #"nothing eq "a""#, #"name.nothing eq "a""#, #"emails[nothing eq "a"]"#,
        #"urn:other:userName eq "a""#, #"userName eq 'a'"#, "userName eq \u{0}", #"a.b.c eq "x""#, "emails.type",
        #"userName eq "a" or or userName pr"#, #"userName eq 99999999999999999999"#,
    ])
    func `what is no filter is refused`(_ text: String) {
        #expect(throws: SCIMFault.self) { try holds(text) }
    }

    @Test func `filters are bounded in length, depth and number`() throws {
        let condition = #"userName eq "a""#
        let many = Array(repeating: "active pr", count: SCIMFilterParser.mostConditions)
        _ = try SCIMFilterParser.filter(many.joined(separator: " or "))
        #expect(throws: SCIMFault.self) { try SCIMFilterParser.filter((many + many).joined(separator: " or ")) }
        func deep(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + condition + String(repeating: ")", count: depth)
        }
        _ = try SCIMFilterParser.filter(deep(10))
        #expect(throws: SCIMFault.self) { try SCIMFilterParser.filter(deep(900)) }
        #expect(throws: SCIMFault.self) {
            try SCIMFilterParser.filter(#"userName eq "\#(String(repeating: "a", count: 2000))""#)
        }
    }

    @Test(
        arguments: [
            ("userName", nil, nil), ("name.givenName", nil, nil), (#"emails[type eq "work"]"#, true, nil),
            (#"emails[type eq "work"].value"#, true, "value"), (#"members[value eq "usr_1"]"#, true, nil),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", nil, nil),
        ] as [(String, Bool?, String?)])
    func `a path is read`(_ text: String, _ hasFilter: Bool?, _ part: String?) throws {
        let path = try SCIMPath(parsing: text)
        #expect((path.filter != nil) == (hasFilter ?? false))
        #expect(path.part == part)
    }

    @Test(arguments: [
        "", "[", "]", "emails[", "emails[]", #"emails[type eq "a"]value"#, #"emails[type eq "a"].value.more"#,
        #"emails[type eq "a"].[value]"#, "name..givenName", ".name", "name.", #"name.givenName[type eq "a"]"#,
        #"emails[type eq "a"][type eq "b"]"#, "urn:", "a b", #"emails[type eq "a"] .value x"#,
    ])
    func `what is no path is refused`(_ text: String) {
        #expect(throws: SCIMFault.self) { try SCIMPath(parsing: text) }
    }

    /// Whatever it is given, the parser ends, and what it takes for a filter can be held against something.
    @Test func `no text brings the parser down`() {
        let words = [
            "userName", "emails", "eq", "ne", "co", "pr", "and", "or", "not", "(", ")", "[", "]", "\"a\"", "\"", "\\",
            ".",
            "true", "null", "1", " ", "urn:x:y", "emails[type", ".value", "\u{0}", "ä", "🙂", "\t", "-", "$ref",
        ]
        var random = SystemRandomNumberGenerator()
        var taken = 0
        for round in 0..<20_000 {
            var text = ""
            if round.isMultiple(of: 4) {
                let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                text = String(decoding: bytes, as: UTF8.self)
            } else if round % 4 == 1 {
                // Chance alone hardly ever writes a filter, so that some are written well.
                text = (0...Int.random(in: 0...4, using: &random)).map { _ in
                    [#"userName eq "a""#, "active pr", #"not (emails co "🙂")"#, "active ne true"]
                        .randomElement(using: &random) ?? ""
                }.joined(separator: Bool.random(using: &random) ? " and " : " or ")
            } else {
                for _ in 0..<Int.random(in: 0...14, using: &random) {
                    text += (words.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
                }
            }
            if let filter = try? SCIMFilterParser.filter(text) {
                taken += 1
                _ = filter.holds(for: Self.person, of: .user)
                _ = try? filter.check(against: .user)
            }
            _ = try? SCIMPath(parsing: text)
        }
        #expect(taken >= 5_000)
    }
}
