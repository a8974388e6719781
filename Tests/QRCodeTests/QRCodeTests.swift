import QRCode
import Testing

@Suite struct QRCodeTests {
    @Test func `a short text takes the smallest version`() throws {
        #expect(try QRCode("gatehouse", correction: .low).size == 21)
        #expect(try QRCode("gatehouse", correction: .high).size == 25)
    }

    @Test func `the three finder patterns are where scanners look for them`() throws {
        let code = try QRCode("otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&issuer=Acme")
        let finder = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"]
        for (left, top) in [(0, 0), (code.size - 7, 0), (0, code.size - 7)] {
            let drawn = (0..<7).map { row in
                String((0..<7).map { code[left + $0, top + row] ? "#" : " " })
            }
            #expect(drawn == finder)
        }
    }

    @Test func `outside of the code everything is light`() throws {
        let code = try QRCode("x")
        #expect(!code[-1, 0] && !code[0, -1] && !code[code.size, 0] && !code[0, code.size])
    }

    @Test func `nothing and too much are refused`() {
        #expect(throws: QRCodeError.empty) { try QRCode("") }
        #expect(throws: QRCodeError.tooLong) { try QRCode(String(repeating: "a", count: 2954), correction: .low) }
        #expect(throws: Never.self) { try QRCode(String(repeating: "a", count: 2953), correction: .low) }
    }
}

@Suite struct QRCodeDrawingTests {
    let code: QRCode

    init() throws {
        code = try QRCode("otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&issuer=Acme")
    }

    @Test func `the picture has a quiet zone of four modules on a white ground`() {
        let side = code.size + 8
        let svg = code.svg()
        #expect(svg.contains(#"viewBox="0 0 \#(side) \#(side)""#))
        #expect(svg.contains(##"<path fill="#fff" d="M0 0h\##(side)v\##(side)H0z"/>"##))
        #expect(svg.contains(##"<path fill="#000" d="M4 4h7v1h-7z"##))
    }

    @Test func `the picture draws as many modules as are dark`() {
        let dark = (0..<code.size).flatMap { row in (0..<code.size).filter { code[$0, row] } }.count
        let drawn = code.svg().matches(of: /h(\d+)v1h-/).compactMap { Int($0.1) }.reduce(0, +)
        #expect(drawn == dark)
    }

    @Test func `a label cannot break out of its attribute`() {
        let svg = code.svg(label: #""/><script>&"#)
        #expect(svg.contains(#"aria-label="&quot;/&gt;&lt;script&gt;&amp;""#))
    }

    @Test func `no drawing repeats the secret`() {
        #expect(!code.svg().contains("JBSWY3DPEHPK3PXP"))
        #expect(!code.terminalText().contains("JBSWY3DPEHPK3PXP"))
    }

    @Test func `a line of text holds two rows of modules`() {
        let lines = code.terminalText(.plain).split(separator: "\n")
        #expect(lines.count == (code.size + 8 + 1) / 2)
        #expect(lines.allSatisfy { $0.count == code.size + 8 })
        // The quiet zone is light: drawn on a dark terminal.
        #expect(lines[0].allSatisfy { $0 == "█" })
    }

    @Test func `a coloured line sets its colours and gives them back`() {
        for line in code.terminalText(.colored).split(separator: "\n") {
            #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
        }
    }
}
