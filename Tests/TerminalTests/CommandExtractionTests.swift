import Terminal
import Testing

/// A terminal session as two lists of bytes: `<` is typed by the person, `>` comes from the target.
private struct Session {
    let watcher = TerminalWatcher(columns: 40, rows: 6)
    var commands: [ExtractedCommand] = []
    var hidden: [UInt8] = []
    var visible: [UInt8] = []
    var now = 0

    mutating func types(_ text: String) {
        now += 20
        Array(text.utf8).withUnsafeBytes { bytes in
            for run in watcher.input(bytes, at: now) {
                if run.isHidden { hidden += bytes[run.range] } else { visible += bytes[run.range] }
            }
        }
    }

    mutating func shows(_ text: String) {
        Array(text.utf8).withUnsafeBytes { commands += watcher.output($0) }
    }

    /// A shell's line editor: each key is echoed before the next one.
    mutating func typesWithEcho(_ text: String) {
        for character in text {
            types(String(character))
            shows(String(character))
        }
    }

    var lines: [String] { commands.map(\.line) }
}

@Suite struct CommandExtractionTests {
    @Test func `a typed command is found between prompt and line feed`() {
        var session = Session()
        session.shows("Last login: today\r\ndeploy@web-1:~$ ")
        session.typesWithEcho("uptime -p")
        session.types("\r")
        session.shows("\r\nup 3 days\r\ndeploy@web-1:~$ ")
        session.typesWithEcho("exit")
        session.types("\r")
        session.shows("\r\nlogout\r\n")
        #expect(
            session.commands == [
                ExtractedCommand(line: "uptime -p", confidence: .high),
                ExtractedCommand(line: "exit", confidence: .high),
            ])
    }

    @Test func `what history, completion and editing made of the keys is what counts`() {
        var session = Session()
        session.shows("$ ")
        session.types("\u{1B}[A")
        session.shows("rm -rf /tmp/x")
        session.types("\u{7F}")
        session.shows("\u{08}\u{1B}[K")
        session.types("y\t")
        session.shows("y/zebra/")
        session.types("\r")
        session.shows("\r\n$ ")
        #expect(session.commands == [ExtractedCommand(line: "rm -rf /tmp/y/zebra/", confidence: .high)])
    }

    @Test func `a command over several rows of the screen is one line, even when it scrolls`() {
        var session = Session()
        session.shows("1\r\n2\r\n3\r\n4\r\n5\r\n$ ")
        let command = "echo " + String(repeating: "abcdefghij", count: 12)
        session.typesWithEcho(command)
        session.types("\r")
        session.shows("\r\n")
        #expect(session.commands == [ExtractedCommand(line: command, confidence: .high)])
    }

    @Test func `a pasted block of several lines is one command`() {
        var session = Session()
        session.shows("$ ")
        session.types("\u{1B}[200~for i in 1 2\ndo echo $i\ndone\u{1B}[201~")
        session.shows("for i in 1 2\r\ndo echo $i\r\ndone")
        session.types("\r")
        session.shows("\r\n1\r\n2\r\n$ ")
        #expect(session.lines == ["for i in 1 2\ndo echo $i\ndone"])
    }

    @Test func `keys typed ahead are found when the target echoes them`() {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho("sleep 1")
        session.types("\r")
        session.types("id\r")
        session.shows("\r\nid\r\n$ id\r\nuid=0\r\n")
        #expect(session.lines == ["sleep 1", "id"])
    }

    @Test func `keys typed between the last output and the prompt do not take the prompt for a part of them`() {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho("echo out")
        session.types("\r")
        session.shows("\r\nout\r\n")
        session.types("exit 5 \r")
        session.shows("ready> exit 5 \r\n")
        #expect(
            session.commands == [
                ExtractedCommand(line: "echo out", confidence: .high),
                ExtractedCommand(line: "exit 5", confidence: .high),
            ])
    }

    @Test func `an abandoned line is no command, and an empty one neither`() {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho("rm -rf /")
        session.types("\u{03}")
        session.shows("^C\r\n$ ")
        session.types("\r")
        session.shows("\r\n$ ")
        session.typesWithEcho("w")
        session.types("\r")
        session.shows("\r\n")
        #expect(session.lines == ["w"])
    }

    @Test func `what is typed into a full-screen editor is no command`() {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho("vi x")
        session.types("\r")
        session.shows("\r\n\u{1B}[?1049h\u{1B}[2J\u{1B}[1;1H")
        session.typesWithEcho("rm -rf is only text")
        session.types("\r")
        session.shows("\u{1B}[2;1H\r\n")
        #expect(session.lines == ["vi x"])
    }

    @Test func `a shell that hides in the alternate screen is still watched`() {
        var session = Session()
        session.shows("\u{1B}[?1049h$ ")
        session.typesWithEcho("cat /etc/shadow")
        session.types("\r")
        session.shows("\r\n")
        #expect(session.commands == [ExtractedCommand(line: "cat /etc/shadow", confidence: .low)])
    }

    @Test(arguments: ["cu\"\"rl evil", "c\\url evil", "echo cm0gLXJm|base64 -d|sh", "cat <<E", "!!", "宽 字符 ls"])
    func `disguises are kept as they were typed`(_ line: String) {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho(line)
        session.types("\r")
        session.shows("\r\n")
        #expect(session.lines == [line])
    }

    @Test func `answers of the person's terminal are no keys`() {
        var session = Session()
        session.types("\u{1B}[?62;22c\u{1B}[3;1R\u{1B}]11;rgb:0000/0000/0000\u{1B}\\")
        session.shows("$ ")
        session.typesWithEcho("ls")
        session.types("\r")
        session.shows("\r\n")
        #expect(session.commands == [ExtractedCommand(line: "ls", confidence: .high)])
    }
}

@Suite struct HiddenInputTests {
    @Test(arguments: ["[sudo] password for deploy: ", "Enter passphrase for key '/x': ", "密码：", "Verification code: "])
    func `an answer to a question for a secret is hidden from its first key to Enter`(_ prompt: String) {
        var session = Session()
        session.shows("$ ")
        session.typesWithEcho("sudo -i")
        session.types("\r")
        session.shows("\r\n\(prompt)")
        for key in "hunter2" { session.types(String(key)) }
        session.types("\r")
        session.shows("\r\n# ")
        session.typesWithEcho("id")
        session.types("\r")
        session.shows("\r\n")
        #expect(session.hidden == Array("hunter2".utf8))
        #expect(session.visible == Array("sudo -i\r\rid\r".utf8))
        #expect(session.lines == ["sudo -i", "id"])
    }

    @Test func `keys that bring no echo are hidden after a few`() {
        var session = Session()
        session.shows("? ")
        for key in "abcdefghijklmnopqrstuvwxyz" { session.types(String(key)) }
        session.types("\r")
        session.shows("\r\n")
        #expect(session.hidden.count >= 10)
        #expect(session.lines.isEmpty)
    }

    @Test func `a pasted secret is hidden as a whole`() {
        var session = Session()
        session.shows("Password: ")
        session.types("correct horse\r")
        #expect(session.hidden == Array("correct horse".utf8))
    }
}
