import TestSupport
import Testing

/// Rules of style that a compiler does not check.
@Suite struct SourceRuleTests {
    private func offenders(_ pattern: some RegexComponent, except: (SourceFile) -> Bool = { _ in false }) -> [String] {
        SourceFile.all.filter { !except($0) }.flatMap { $0.lines(matching: pattern) }
    }

    @Test func `nothing is public: package is the widest access`() {
        let declaration =
            /^\s*(@\w+(\([^)]*\))?\s+)*(public|open)\s+(import|final|static|struct|class|enum|actor|protocol|extension|func|var|let|init|subscript|typealias|internal|private)\b/
        #expect(offenders(declaration) == [])
    }

    @Test func `no task is started outside of a group, where nobody waits for it`() {
        #expect(offenders(/\bTask(\.detached|\.immediate)?\s*(<[^>]*>)?\s*(\([^)]*\))?\s*\{/) == [])
    }

    @Test func `no error is turned into a crash`() {
        #expect(offenders(/\btry!/) == [])
    }

    @Test func `no file is longer than 400 lines`() {
        let long = SourceFile.all.filter { $0.lineCount > 400 }.map { "\($0.path): \($0.lineCount) lines" }
        #expect(long == [])
    }

    @Test func `unchecked conformances are next to C and say why they are safe`() {
        for file in SourceFile.all {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            for place in file.lines(matching: /@unchecked\s+Sendable/) {
                #expect(file.layer == "Platform", "\(place): only platform modules wrap C")
                let number = Int(place.split(separator: ":").last ?? "") ?? 1
                let around = lines[max(0, number - 16)..<min(lines.count, number + 4)].joined(separator: "\n")
                let saysWhy = around.contains("Safe because")
                #expect(saysWhy, "\(place): say \"Safe because …\" beside it")
            }
        }
    }

    @Test func `only the driver sets the scope of a statement`() {
        for file in SourceFile.all where file.module != "Postgres" {
            for literal in file.literals {
                let text = literal.parts.map { if case .text(let text) = $0 { text } else { "?" } }.joined()
                #expect(
                    !text.contains(/set_config\s*\(|\bset\s+(local\s+|session\s+)?role\b|\breset\s+role\b/),
                    "\(file.path):\(literal.line): SQL must not touch settings or roles")
            }
        }
    }

    @Test func `only who gives and takes roles reads when they end, everybody else asks who holds them`() {
        /// What looks at rows also of roles whose time is over, and why.
        let known = [
            "LendRole.swift": 3,  // takes them, and looks for what is held for good beside them
            "RoleStore.swift": 1,  // a role is deleted when the last row is gone
            "UserStore.swift": 1,  // shows what is held for good, apart from what is lent
            "FillOrganizations.swift": 4,  // moves them with their holder, and with what rules gave
            "OrganizationStore.swift": 1,  // tells at a merge what is held by hand already
            "RuleExchange.swift": 2,  // notes until when what a rule gives was lent
        ]
        var found: [String: Int] = [:]
        for file in SourceFile.all {
            for literal in file.literals {
                let text = literal.parts.map { if case .text(let text) = $0 { text } else { "?" } }.joined()
                    .replacing(/delete\s+from\s+role_bindings/, with: "")
                let count = text.matches(of: /\b(from|join|using)\s+role_bindings\b/).count
                if count > 0 { found[file.path.split(separator: "/").last.map(String.init) ?? "", default: 0] += count }
            }
        }
        #expect(found == known, "ask roles_held() or user_roles")
    }

    @Test func `text that is not a literal enters SQL in the listing of HTTPAPI only`() {
        #expect(
            offenders(/append\(declared:/) { $0.module == "Postgres" || $0.path.contains("/HTTPAPI/Listing/") } == [])
    }

    @Test func `the owner's connection serves migrations and the command line, never a request`() {
        #expect(offenders(/\bOwnerConnection\b/) { $0.module == "Postgres" || $0.layer == "Apps" } == [])
    }
}
