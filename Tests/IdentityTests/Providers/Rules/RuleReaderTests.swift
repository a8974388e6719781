import Kernel
import Testing

@testable import Identity

struct RuleReaderTests {
    private func profile(
        _ attributes: [String: [String]] = [:], groups: [String] = [], at place: String? = nil
    ) -> ProviderProfile {
        ProviderProfile(
            subject: "1", login: "ann", name: nil, email: nil, groups: groups,
            attributes: ProviderAttribute.named(attributes.keys.sorted()) { attributes[$0] ?? [] }, place: place)
    }

    private func rule(_ conditions: RuleCondition..., group: String? = nil) throws -> ProviderRule {
        try ProviderRule(directoryGroup: group, conditions: conditions, role: .builtIn(.auditor), group: nil)
    }

    private func attribute(
        _ name: String, _ value: String, _ match: RuleAttribute.Match = .equals
    ) throws -> RuleCondition {
        .attribute(try RuleAttribute(name: name, match: match, value: value))
    }

    private func holds(_ rule: ProviderRule, _ profile: ProviderProfile, foldsCase: Bool = true) -> Bool {
        RuleReader([rule], foldsCase: foldsCase).matching(profile) == [rule]
    }

    @Test func `all conditions of a rule must hold, and each rule is one for itself`() throws {
        let both = try rule(try attribute("department", "IT"), group: "ops")
        let one = try rule(try attribute("department", "IT"))
        let reader = RuleReader([both, one], foldsCase: true)
        #expect(reader.matching(profile(["department": ["IT"]], groups: ["OPS"])) == [both, one])
        #expect(reader.matching(profile(["department": ["IT"]])) == [one])
        #expect(reader.matching(profile(groups: ["ops"])).isEmpty)
        #expect(reader.matching(profile(["department": ["HR"]], groups: ["ops"])).isEmpty)
        let two = try rule(.group(RuleGroup(name: "a")), .group(RuleGroup(name: "b")))
        #expect(holds(two, profile(groups: ["b", "A"])) && !holds(two, profile(groups: ["a"])))
        // The same said twice is one condition.
        #expect(holds(try rule(.group(RuleGroup(name: "OPS")), group: "ops"), profile(groups: ["ops"])))
    }

    @Test func `what is not said is in doubt, what is said is not`() throws {
        let title = try attribute("title", "Lead")
        let start = try attribute("title", "Le", .startsWith)
        func named(_ group: String) -> RuleCondition { .group(RuleGroup(name: group)) }
        let all = [title, start, named("Ops"), named("department/3"), named("role/7")]
        let reader = RuleReader(try all.map { try rule($0) }, foldsCase: false)
        func doubts(_ unsaid: [ProviderFact], _ profile: ProviderProfile) -> Set<String> {
            var profile = profile
            profile.unsaid = unsaid
            return reader.doubts(about: profile)
        }
        func keys(_ conditions: RuleCondition...) -> Set<String> { Set(conditions.map(\.key)) }
        #expect(doubts([], profile()) == [])
        #expect(doubts([.attributes], profile()) == keys(title, start))
        #expect(doubts([.attributes], profile(["title": ["Leader"]])) == keys(title))
        // A plain name may be of anything.
        #expect(doubts([.department], profile()) == keys(named("Ops"), named("department/3")))
        #expect(doubts([.department, .role], profile(groups: ["OPS"])) == keys(named("department/3"), named("role/7")))
        #expect(doubts([.group], profile(groups: ["ops"])) == [])
    }

    @Test func `one of several values is enough, and case says nothing only where it does not`() throws {
        let it = try rule(try attribute("department", "Information  Technology"))
        let many = profile(["department": ["HR", " information technology "]])
        #expect(holds(it, many) && !holds(it, many, foldsCase: false))
        #expect(holds(it, profile(["department": ["Information  Technology"]]), foldsCase: false))
        #expect(!holds(it, profile(["department": ["Information Technology 2"]])))
        // Two rules that write one value in two ways are both right.
        let twin = try rule(try attribute("department", "INFORMATION TECHNOLOGY"))
        #expect(RuleReader([it, twin], foldsCase: true).matching(many) == [it, twin])
        // Another attribute with the value is another one, whatever its case.
        #expect(!holds(it, profile(["Department": ["Information  Technology"]])))
        #expect(!holds(it, profile(groups: ["Information  Technology"])))
    }

    @Test func `a value begins or ends so, byte by byte`() throws {
        let ends = try rule(try attribute("mail", "@corp.example", .endsWith))
        #expect(holds(ends, profile(["mail": ["Ann@CORP.example"]])))
        for other in ["ann@corp.example.org", "ann@corp.examples", "corp.example", "ann＠corp.example", ""] {
            #expect(!holds(ends, profile(["mail": [other]])), "\(other)")
        }
        let begins = try rule(try attribute("title", "Lead ", .startsWith))
        #expect(holds(begins, profile(["title": ["Lead Engineer"]]), foldsCase: false))
        #expect(!holds(begins, profile(["title": ["Leader", "Co-Lead x"]]), foldsCase: false))
        // Nor is the blank lost where blanks around a value say nothing.
        #expect(holds(begins, profile(["title": [" lead  engineer"]])))
        #expect(!holds(begins, profile(["title": ["Leader", "lead "]])))
        let last = try rule(try attribute("title", " Admin", .endsWith))
        #expect(holds(last, profile(["title": ["Night  admin "]])) && !holds(last, profile(["title": ["Nonadmin"]])))
    }

    @Test func `an attribute that is named like a group is no group, nor the other way round`() throws {
        let named = try rule(try attribute("ops", "ops"))
        #expect(!holds(named, profile(groups: ["ops"])))
        let group = try rule(group: "ops")
        #expect(!holds(group, profile(["ops": ["ops"], "group": ["ops"], "memberOf": ["ops"]])))
        #expect(named.all.map(\.key) != group.all.map(\.key))
        // What looks like a kept condition in a value is a value.
        let forged = profile(["ops": [named.all[0].key, group.all[0].key]])
        #expect(RuleReader([named, group], foldsCase: true).facts(forged.attributes, place: nil).isEmpty)
    }

    @Test func `of lists without end only so much is looked at`() throws {
        let late = (0..<5000).map { "v\($0)" }
        let all = ProviderAttribute.named(["list"]) { _ in late }
        #expect(all.map(\.values.count) == [ProviderAttribute.mostValues])
        #expect(holds(try rule(try attribute("list", "v999")), profile(["list": late])))
        #expect(!holds(try rule(try attribute("list", "v1000")), profile(["list": late])))
        // What is no line, or too long a one, is no value.
        let long = String(repeating: "x", count: 1001)
        #expect(ProviderAttribute.named(["a"]) { _ in ["x\ny", "", long, "x\u{0}"] }.isEmpty)
    }

    @Test func `what holds passwords is no attribute of rules, and a rule has something to go by`() throws {
        for name in ["userPassword", "unicodePwd", "USERPASSWORD;lang-en", "sambaNTPassword", "2.5.4.35"] {
            #expect(throws: Invalid.self) { try RuleAttribute(name: name, match: .startsWith, value: "{") }
        }
        #expect(throws: Invalid.self) { try RuleAttribute(name: "a", match: .endsWith, value: "  ") }
        #expect(throws: Invalid.self) { try rule() }
        #expect(throws: Invalid.self) { try RulePlace(dn: "nowhere") }
        #expect(throws: Invalid.self) {
            try ProviderRule(
                directoryGroup: "x", role: nil, organization: OrganizationID.new(), group: GroupID.new())
        }
    }
}

struct DirectoryPlaceTests {
    private func lies(_ dn: String, under other: String) throws -> Bool {
        try #require(DirectoryPlace(dn)).lies(under: try #require(DirectoryPlace(other)))
    }

    @Test(arguments: [
        ("uid=ann,ou=it,dc=x", "ou=it,dc=x", true), ("uid=ann, OU = IT , DC=X", "ou=it,dc=x", true),
        ("ou=it,dc=x", "ou=it,dc=x", true), ("uid=ann,ou=a,ou=it,dc=x", "ou=it,dc=x", true),
        // What only ends so is elsewhere.
        ("uid=ann,ou=it,dc=x", "t,dc=x".replacing("t,", with: "ou=t,"), false),
        ("uid=ann,ou=xit,dc=x", "ou=it,dc=x", false), ("dc=x", "ou=it,dc=x", false),
        ("uid=ann,ou=it,dc=x,dc=y", "ou=it,dc=x", false), ("uid=ann,dc=x,ou=it", "ou=it,dc=x", false),
        // Escaped signs are of the value.
        (#"cn=a\,ou=it,dc=x"#, "ou=it,dc=x", false), (#"cn=a\,ou=it,dc=x"#, "dc=x", true),
        (#"cn=a\2Cou\3Dit,dc=x"#, "ou=it,dc=x", false), (#"cn=a\\,ou=it,dc=x"#, "ou=it,dc=x", true),
        (#"cn="a,ou=it",dc=x"#, "ou=it,dc=x", false), (#"cn="a",ou=it;dc=x"#, "ou=it,dc=x", true),
        (#"cn=a+ou=it,dc=x"#, "ou=it,dc=x", false), (#"uid=b,cn=a+ou=it,dc=x"#, "OU=it + CN=a,dc=x", true),
        // The same, written otherwise.
        (#"uid=ann,ou=\69t,dc=x"#, "ou=it,dc=x", true), (#"uid=ann,ou=R\20D,dc=x"#, "ou=r d,dc=x", true),
        (#"uid=ann,ou=a\, b,dc=x"#, #"ou="a, b",dc=x"#, true), ("uid=ann,2.5.4.11=it,dc=x", "ou=it,dc=x", true),
        ("uid=ann,OID.2.5.4.11=it,dc=x", "ou=it,dc=x", true), ("uid=ann,ou=研发,dc=x", "ou=研发,dc=x", true),
        (#"uid=ann,ou=\E7\A0\94\E5\8F\91,dc=x"#, "ou=研发,dc=x", true), (#"uid=ann,ou=it\ ,dc=x"#, "ou=it,dc=x", true),
    ])
    func `what lies under what is told by whole parts`(dn: String, other: String, isUnder: Bool) throws {
        #expect(try lies(dn, under: other) == isUnder)
    }

    @Test(arguments: [
        "", " ", ",", "ou", "ou=it,", ",dc=x", "=it,dc=x", "ou=it,,dc=x", #"ou=it\"#, #"ou=\zz"#, #"ou="it"#,
        #"ou="it"x,dc=x"#, "ou=it\u{0},dc=x", "o u=it", #"ou=\FF"#, "ou=a<b", #"ou=a"b"#,
        String(repeating: "ou=a,", count: 200) + "dc=x", String(repeating: "ou=a+", count: 200) + "ou=a",
    ])
    func `what is no distinguished name is nowhere`(text: String) { #expect(DirectoryPlace(text) == nil) }
}
