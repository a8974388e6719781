import Foundation
import Glibc

/// Who a program runs as. Servers that refuse or need not be root get a user of their own when this program is root.
struct Owner: Sendable, Equatable {
    let name: String?
    private let user: uid_t
    private let group: gid_t
    /// Whether it may pass folders that are closed to others, such as /root: reading there, never writing.
    private var passesClosedFolders = false

    static let me = Owner(name: nil, user: geteuid(), group: getegid())

    private init(name: String?, user: uid_t, group: gid_t) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// The first of these users that exists, if this program is root; itself otherwise.
    static func dropping(to names: [String], below folder: String) -> Owner {
        guard geteuid() == 0 else { return .me }
        for name in names {
            guard let entry = getpwnam(name) else { continue }
            var owner = Owner(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            owner.passesClosedFolders = !isOpen(folder)
            return owner
        }
        return .me
    }

    /// What setpriv is told.
    var options: [String] {
        guard let name else { return [] }
        let passage = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        return ["--reuid=\(name)", "--regid=\(group)", "--init-groups"] + (passesClosedFolders ? passage : [])
    }

    /// Makes a folder that only this user may enter.
    func folder(_ path: String) throws {
        try PrivateFile.folder(path)
        try give(path)
    }

    func give(_ path: String) throws {
        guard name != nil else { return }
        guard chown(path, user, group) == 0 else {
            throw CommandFailure("\(path) cannot be given to \(name ?? ""): \(String(cString: strerror(errno))).")
        }
    }

    /// Whether everybody may pass every folder on the way.
    private static func isOpen(_ folder: String) -> Bool {
        var path = folder
        while true {
            var facts = stat()
            guard stat(path, &facts) == 0, facts.st_mode & 0o001 != 0 else { return false }
            guard path != "/", let slash = path.lastIndex(of: "/") else { return true }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
    }
}
