import Foundation
import SAML
import Testing

/// XML from outside, whatever it is.
@Suite struct XMLReaderTests {
    private func outcome(_ text: String, limits: XMLLimits = .message) -> Result<XMLElement, XMLError> {
        do throws(XMLError) { return .success(try XMLReader.read(Array(text.utf8), limits: limits)) } catch {
            return .failure(error)
        }
    }

    @Test func `an answer of CAS reads as a value`() throws {
        let answer = """
            <cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">
              <cas:authenticationSuccess><cas:user>alice</cas:user>
                <cas:attributes><cas:mail>a&amp;b@example.com</cas:mail>
                  <cas:mail><![CDATA[<c>]]></cas:mail></cas:attributes>
              </cas:authenticationSuccess>
            </cas:serviceResponse>
            """
        let space = "http://www.yale.edu/tp/cas"
        let root = try outcome(answer).get()
        let success = try #require(root.only("authenticationSuccess", in: space))
        #expect(success.only("user", in: space)?.text == "alice")
        let attributes = try #require(success.only("attributes", in: space))
        #expect(attributes.children("mail", in: space).map(\.text) == ["a&b@example.com", "<c>"])
        #expect(attributes.only("mail", in: space) == nil)
        #expect(success.only("user", in: "urn:other") == nil)
    }

    @Test func `a comment does not end a text, and white space around a name is left out on request`() throws {
        let element = try outcome("<a> admin@example.com<!-- -->.evil.example\n</a>").get()
        #expect(element.text == " admin@example.com.evil.example\n")
        #expect(element.trimmedText == "admin@example.com.evil.example")
    }

    @Test(arguments: [
        ("<!DOCTYPE a><a/>", XMLError.documentType),
        ("<a><!ELEMENT a ANY></a>", .documentType),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", .documentType),
        ("<!-- --><!doctype a><a/>", .documentType),
        ("<a>&x;</a>", .malformed),
        ("<a><?php x ?></a>", .processingInstruction),
        ("<?xml-stylesheet href='x'?><a/>", .processingInstruction),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", .encoding),
        ("<?xml version='1.0' encoding = \"utf-7\"?><a/>", .encoding),
        ("<a\u{0}/>", .encoding),
        ("<a>\u{1}</a>", .malformed),
        ("<a>&#0;</a>", .malformed),
        ("<a>\u{FFFE}</a>", .malformed),
        ("", .malformed), ("a", .malformed), ("<a>", .malformed), ("</a>", .malformed), ("<a/><b/>", .malformed),
        ("<a></b>", .malformed), ("<a b='1' b='2'/>", .malformed), ("<a", .malformed), ("<a b='", .malformed),
        ("<a><!-- ", .malformed), ("<a><![CDATA[", .malformed), ("<x:a/>", .malformed),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", .malformed),
        ("<a xml:id='x'/>", .foreignID), ("<a><b xml:id=''/></a>", .foreignID),
        ("<a xmlns:p='" + String(repeating: "x", count: 257) + "'/>", .tooLarge),
    ])
    func `what no message needs is refused`(_ text: String, _ error: XMLError) {
        #expect(outcome(text) == .failure(error), "\(text)")
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [
            [0xFF, 0xFE, 0x3C, 0x00, 0x61, 0x00, 0x2F, 0x00, 0x3E, 0x00],
            Array("<a>".utf8) + [0xC0, 0xAF] + Array("</a>".utf8),
            [0x4C, 0x6F, 0xA7, 0x94], Array("<a>".utf8) + [0xED, 0xA0, 0x80] + Array("</a>".utf8),
        ] {
            #expect(throws: XMLError.self) { try XMLReader.read(bytes) }
        }
    }

    /// Each is as large as a message may be, and made to cost a reader more than its size.
    @Test func `deep, wide and repetitive documents are refused or read at once`() throws {
        let size = XMLLimits.message.bytes
        func filled(_ head: String, _ part: (Int) -> String, _ tail: String) -> String {
            var text = head
            var index = 0
            while text.utf8.count + tail.utf8.count + 64 < size {
                text += part(index)
                index += 1
            }
            return text + tail
        }
        let long = String(repeating: "n", count: 240)
        let documents: [(String, XMLError?)] = [
            (filled("", { _ in "<a>" }, ""), .tooLarge),
            (filled("<a>", { _ in "<b/>" }, "</a>"), .tooLarge),
            (filled("<a", { " a\($0)=''" }, "/>"), .tooLarge),
            (filled("<a", { " xmlns:a\($0)='u'" }, "/>"), .tooLarge),
            (filled("<a>", { _ in "<!---->" }, "</a>"), .tooLarge),
            (filled("<a>", { _ in "<![CDATA[]]>" }, "</a>"), .tooLarge),
            (filled("<a><b c='", { _ in ">=" }, "'/></a>"), nil),
            (filled("<a>", { _ in "&amp;" }, "</a>"), nil),
            (filled("<a b='", { _ in "&#60;" }, "'/>"), nil),
            (filled("<a>", { _ in "x" }, "</a>"), nil),
            (filled("<a>", { _ in "]]" }, "</a>"), nil),
            (filled("<", { _ in "a" }, "/>"), .malformed),
            (filled("<a xmlns:p='\(long)'>", { _ in "<p:b></p:b>                  " }, "</a>"), nil),
            (String(repeating: "x", count: size + 1), .tooLarge),
        ]
        for (text, error) in documents {
            let start = ContinuousClock.now
            let outcome = outcome(text)
            #expect(ContinuousClock.now - start < .seconds(2), "\(text.prefix(20))")
            switch outcome {
            case .success: #expect(error == nil, "\(text.prefix(20))")
            case .failure(let found): #expect(found == error, "\(text.prefix(20))")
            }
        }
    }
}
