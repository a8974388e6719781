import Foundation
import Glibc

/// Where the programs are that an installation is made of.
enum Programs {
    /// The folder of this program, where its companions lie.
    static let own: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = count > 0 ? String(decoding: buffer[..<count].map(UInt8.init), as: UTF8.self) : "/usr/bin/gatehouse"
        return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }()

    static func companion(_ name: String) throws -> String {
        let path = "\(own)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw CommandFailure("\(path) is missing. Build it with: swift build -c release --product \(name)")
        }
        return path
    }

    /// A program of the system.
    static func system(_ name: String, package: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders + ["/usr/sbin", "/sbin", "/usr/local/sbin"] where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw CommandFailure("\(name) is not installed. As root: apt-get install \(package)")
    }

    /// The folder of PostgreSQL's programs: of the version that wrote the data, or else the newest.
    static func postgres(version: String?) throws -> String {
        let root = "/usr/lib/postgresql"
        let installed = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
            .filter { access("\(root)/\($0)/bin/postgres", X_OK) == 0 }
        if let version {
            guard let number = Int(version), installed.contains(number) else {
                throw CommandFailure(
                    "The data was written by PostgreSQL \(version), which is not installed. "
                        + "As root: apt-get install postgresql-\(version)")
            }
            return "\(root)/\(version)/bin"
        }
        guard let newest = installed.max() else {
            throw CommandFailure("PostgreSQL is not installed. As root: apt-get install postgresql")
        }
        return "\(root)/\(newest)/bin"
    }

    /// The folder of the migrations: GATEHOUSE_MIGRATIONS, here, or in the tree that this program was built in.
    static func migrations() throws -> String {
        if let path = ProcessInfo.processInfo.environment["GATEHOUSE_MIGRATIONS"] { return path }
        if let path = inTree("Migrations") { return path }
        throw CommandFailure("The folder Migrations is not here: name it with --migrations or GATEHOUSE_MIGRATIONS.")
    }

    /// The built portal, if there is one.
    static func portal() -> String? {
        ProcessInfo.processInfo.environment["GATEHOUSE_PORTAL"]
            ?? inTree("Web/dist/index.html").map { String($0.dropLast(11)) }
    }

    /// A file of the project: from the current folder, or from the folders above this program.
    private static func inTree(_ path: String) -> String? {
        var folder = FileManager.default.currentDirectoryPath
        if access("\(folder)/\(path)", R_OK) == 0 { return "\(folder)/\(path)" }
        folder = own
        while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            folder = String(folder[..<slash])
            if access("\(folder)/\(path)", R_OK) == 0 { return "\(folder)/\(path)" }
        }
        return nil
    }
}
