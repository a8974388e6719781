import Foundation
import TestSupport
import Testing

/// The imports of the sources obey the tables of Docs/architecture.md.
@Suite struct ImportTests {
    /// Modules of the toolchain and of the system.
    private static let system: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Swift", "Synchronization",
    ]

    /// Modules that have a folder, and the layer it is in.
    let folders: [String: String]
    let table: ModuleTable

    init() throws {
        var folders: [String: String] = [:]
        for layer in ["C", "Platform", "Features", "Gateway", "Apps"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: Repository.path("Sources/\(layer)")) {
                folders[name] = layer
            }
        }
        self.folders = folders
        table = ModuleTable(try Repository.text("Docs/architecture.md"), folders: folders)
    }

    @Test func `every module has a row, and every row a module`() {
        #expect(Set(folders.keys).subtracting(table.modules.keys) == [])
        #expect(Set(table.modules.keys).subtracting(folders.keys) == [])
    }

    @Test func `a row names only modules of lower levels`() {
        for module in table.modules.values {
            for name in module.imports {
                let level = table.modules[name]?.level ?? .max
                #expect(level < module.level, "\(module.name) may not import \(name)")
            }
        }
    }

    @Test func `a file imports only what the row of its module names`() {
        for file in SourceFile.all {
            for name in file.imports where !Self.system.contains(name) && name != file.module {
                let isAllowed =
                    table.modules[file.module]?.imports.contains(name) == true
                    || table.outside[name]?.contains(file.module) == true
                #expect(isAllowed, "\(file.path) imports \(name), which its row in Docs/architecture.md does not name")
            }
        }
    }

    @Test func `a C library is imported by exactly one module, of the platform`() {
        for (library, _) in folders where folders[library] == "C" {
            let importers = table.modules.values.filter { $0.imports.contains(library) }
            #expect(importers.count == 1, "\(library) is imported by \(importers.map(\.name))")
            #expect(importers.allSatisfy { folders[$0.name] == "Platform" })
        }
    }

    @Test func `a feature imports at most three others, and neither features nor gateway import each other`() {
        for module in table.modules.values {
            let layers = module.imports.map { folders[$0] }
            if folders[module.name] == "Features" {
                #expect(layers.count(where: { $0 == "Features" }) <= 3, "\(module.name) imports too many features")
                #expect(!layers.contains("Gateway"), "\(module.name) imports the gateway")
            }
            if folders[module.name] == "Gateway" {
                #expect(!layers.contains("Features"), "\(module.name) imports a feature")
                #expect(!module.imports.contains("Postgres"), "\(module.name) imports the database")
            }
        }
    }
}
