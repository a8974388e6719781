import Kernel
import Testing

@testable import Identity

/// What a CAS server may say, and what nobody may.
@Suite struct CASAnswerTests {
    private static let space = "http://www.yale.edu/tp/cas"

    private static func answer(_ inside: String, space: String = space) -> [UInt8] {
        Array("<cas:serviceResponse xmlns:cas=\"\(space)\" xmlns:x=\"urn:x\">\(inside)</cas:serviceResponse>".utf8)
    }
    private static func success(_ inside: String) -> [UInt8] {
        answer("<cas:authenticationSuccess>\(inside)</cas:authenticationSuccess>")
    }

    @Test func `somebody is named with their attributes`() throws {
        let bytes = Self.success(
            "<cas:user>ann</cas:user>\n<cas:attributes><cas:mail>a@b.c</cas:mail><cas:memberOf>x</cas:memberOf>"
                + "<cas:memberOf>y &amp; z</cas:memberOf><x:mail>other</x:mail><cas:deep><cas:mail>z</cas:mail></cas:deep>"
                + "</cas:attributes><cas:proxyGrantingTicket>PGTIOU-1</cas:proxyGrantingTicket>")
        guard case .person(let person) = try CASAnswer.read(bytes) else { throw Unexpected() }
        #expect(person.user == "ann")
        #expect(person.values("mail") == ["a@b.c"] && person.values("memberOf") == ["x", "y & z"])
        #expect(person.values("MAIL").isEmpty)
    }

    @Test func `a no has the server's word`() throws {
        let no = Self.answer("<cas:authenticationFailure code=\"INVALID_TICKET\">no</cas:authenticationFailure>")
        #expect(try CASAnswer.read(no) == .refused("INVALID_TICKET"))
    }

    /// The name stops nowhere: not at a comment, and not at the end of a section.
    @Test func `a name that is cut in pieces is the whole name`() throws {
        for name in ["root<!-- -->.evil", "<![CDATA[root]]>.evil", "root<![CDATA[.evil]]>"] {
            guard case .person(let person) = try CASAnswer.read(Self.success("<cas:user>\(name)</cas:user>")) else {
                throw Unexpected()
            }
            #expect(person.user == "root.evil")
        }
    }

    @Test(arguments: [
        "<cas:user>ann</cas:user><cas:user>root</cas:user>", "<cas:user>ann</cas:user><x:user>root</x:user>",
        "<cas:user>ann</cas:user><cas:User>root</cas:User>", "<x:user>ann</x:user>", "<user>ann</user>", "",
        "<cas:user/>", "<cas:user>ann<cas:user>root</cas:user></cas:user>", "<cas:user><x:b>ann</x:b></cas:user>",
        "<cas:user> ann</cas:user>", "<cas:user>ann\n</cas:user>", "<cas:user>an&#9;n</cas:user>",
        "<cas:attributes><cas:user>root</cas:user></cas:attributes>",
    ])
    func `nobody is named but once`(_ inside: String) {
        #expect(throws: CASAnswer.Fault.user) { try CASAnswer.read(Self.success(inside)) }
    }

    private static let yes = "<cas:authenticationSuccess><cas:user>ann</cas:user></cas:authenticationSuccess>"
    private static let no = "<cas:authenticationFailure code=\"INVALID_TICKET\"/>"

    @Test func `nothing else is an answer`() {
        for both in [Self.yes + Self.no, Self.no + Self.yes, Self.yes + Self.yes, Self.yes + "<x:y/>"] {
            #expect(throws: CASAnswer.Fault.ambiguous) { try CASAnswer.read(Self.answer(both)) }
        }
        for space in ["http://www.yale.edu/tp/CAS", "http://www.yale.edu/tp/cas/", "urn:x"] {
            #expect(throws: CASAnswer.Fault.notTheAnswer) { try CASAnswer.read(Self.answer(Self.yes, space: space)) }
        }
        let proxy = "<cas:proxySuccess><cas:user>ann</cas:user></cas:proxySuccess>"
        for other in ["", "<x:authenticationSuccess/>", proxy] {
            #expect(throws: CASAnswer.Fault.notTheAnswer) { try CASAnswer.read(Self.answer(other)) }
        }
        let proxied = "<cas:user>ann</cas:user><cas:proxies><cas:proxy>https://p</cas:proxy></cas:proxies>"
        #expect(throws: CASAnswer.Fault.proxied) { try CASAnswer.read(Self.success(proxied)) }
        let lists = "<cas:user>ann</cas:user><cas:attributes/><cas:attributes/>"
        #expect(throws: CASAnswer.Fault.attributes) { try CASAnswer.read(Self.success(lists)) }
    }

    @Test func `a document that does harm is not read`() {
        func fault(_ bytes: [UInt8]) -> String? {
            do throws(CASAnswer.Fault) {
                _ = try CASAnswer.read(bytes)
                return nil
            } catch {
                return error.text
            }
        }
        let type = "the document has a document type declaration, which is never read"
        let entity = "<!DOCTYPE a [<!ENTITY b \"\(String(repeating: "b", count: 1000))\">]>"
        let bomb = entity + String(decoding: Self.success("<cas:user>&b;&b;</cas:user>"), as: UTF8.self)
        #expect(fault(Array(bomb.utf8)) == type)
        #expect(fault(Array("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>".utf8)) == type)
        let large = Self.success("<cas:user>ann</cas:user>" + String(repeating: " ", count: 300 << 10))
        let deep = Self.success(String(repeating: "<x:a>", count: 20) + String(repeating: "</x:a>", count: 20))
        for bytes in [large, deep] { #expect(fault(bytes) == "the document is too large, too deep or too wide") }
        for text in ["", "yes\nann\n", "{\"serviceResponse\":{}}", "<cas:serviceResponse>"] {
            #expect(fault(Array(text.utf8)) == "the document is not well-formed XML with namespaces", "\(text)")
        }
    }

    @Test func `only a ticket for us is one`() {
        for good in ["ST-1", "ST-1856339-aA5Yuvrxzpv8Tau1cYQ7-cas01.example.org", "ST-a_b"] {
            #expect(CASTicket.isTicket(good), "\(good)")
        }
        let long = "ST-" + String(repeating: "a", count: 254)
        for bad in ["", "ST-", "PT-1", "st-1", "ST-1 ", "ST-1&x=y", "ST-1%00", "ST-é", "ST-1\n", long] {
            #expect(!CASTicket.isTicket(bad), "\(bad)")
        }
    }

    @Test func `a request to sign out names one ticket`() {
        func read(_ inside: String, name: String = "LogoutRequest") -> String? {
            let space = "urn:oasis:names:tc:SAML:2.0:protocol"
            let text = "<p:\(name) xmlns:p=\"\(space)\" ID=\"i\" Version=\"2.0\">\(inside)</p:\(name)>"
            return CASTicket.ended(by: Array(text.utf8))
        }
        #expect(read("<p:SessionIndex>ST-1</p:SessionIndex>") == "ST-1")
        #expect(read(" <p:SessionIndex>\n ST-1\n</p:SessionIndex> ") == "ST-1")
        for wrong in [
            "", "<p:SessionIndex>PT-1</p:SessionIndex>", "<SessionIndex>ST-1</SessionIndex>",
            "<p:SessionIndex>ST-1</p:SessionIndex><p:SessionIndex>ST-2</p:SessionIndex>",
            "<p:SessionIndex><p:a>ST-1</p:a></p:SessionIndex>",
        ] { #expect(read(wrong) == nil, "\(wrong)") }
        #expect(read("<p:SessionIndex>ST-1</p:SessionIndex>", name: "LogoutResponse") == nil)
        #expect(CASTicket.ended(by: Array("<!DOCTYPE a><a/>".utf8)) == nil)
    }
}
