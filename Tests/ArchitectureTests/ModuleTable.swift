import TestSupport

/// The tables of Docs/architecture.md.
struct ModuleTable {
    struct Module {
        let name: String
        let level: Int
        /// Modules of ours that it may import.
        let imports: Set<String>
    }

    let modules: [String: Module]
    /// Which modules may import a module from outside.
    let outside: [String: Set<String>]

    init(_ text: String, folders: [String: String]) {
        let lines = text.split(separator: "\n")
        var groups: [String: [String]] = [:]
        for line in lines {
            guard let match = line.firstMatch(of: /^`(.+)` stands for (.+)\.$/) else { continue }
            groups[String(match.1)] = match.2.split(separator: ", ").map(String.init)
        }
        var modules: [String: Module] = [:]
        var outside: [String: Set<String>] = [:]
        for line in lines where line.hasPrefix("| ") {
            let cells = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimming(" ") }
            if cells.count == 5, let level = Int(cells[1]) {
                let names = cells[2].split(separator: ", ").map(String.init).flatMap { groups[$0] ?? [$0] }
                modules[cells[0]] = Module(name: cells[0], level: level, imports: Set(names))
            } else if cells.count == 4, cells[0] != "module" {
                outside[cells[0]] = Self.importers(cells[1], folders)
            }
        }
        self.modules = modules
        self.outside = outside
    }

    private static func importers(_ cell: String, _ folders: [String: String]) -> Set<String> {
        if cell == "every module above Kernel" { return Set(folders.keys).subtracting(["Kernel"]) }
        let names = cell.split(separator: ", ").flatMap { word -> [String] in
            switch word {
            case "features": folders.filter { $0.value == "Features" }.map(\.key)
            case "apps": folders.filter { $0.value == "Apps" }.map(\.key)
            default: [String(word)]
            }
        }
        return Set(names)
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
