import Crypto
import FoundationEssentials
package import HTTPTypes

/// The files of the portal, read once when the server starts: a request never touches the disk.
package struct PortalFiles: Sendable {
    struct File: Sendable {
        let bytes: [UInt8]
        /// The same, compressed, if the build left a `.gz` beside it.
        let compressed: [UInt8]?
        let mediaType: String
        let etag: String
        let isImmutable: Bool
    }

    private let files: [String: File]

    /// Reads everything below a directory; throws if there is no `index.html`.
    package init(directory: String) throws {
        var contents: [String: [UInt8]] = [:]
        try Self.read(directory, prefix: "", into: &contents, depth: 0)
        try self.init(contents: contents)
    }

    /// From bytes by path, without a leading slash.
    package init(contents: [String: [UInt8]]) throws {
        guard contents["index.html"] != nil else { throw PortalError.noIndex }
        var files: [String: File] = [:]
        for (path, bytes) in contents where !path.hasSuffix(".gz") {
            let hash = SHA256.hash(data: bytes).prefix(12)
            files["/" + path] = File(
                bytes: bytes, compressed: contents[path + ".gz"], mediaType: MediaType.of(path),
                etag: "\"\(Base64URL.text(Array(hash)))\"", isImmutable: Self.hasHash(path))
        }
        self.files = files
    }

    private static func read(
        _ directory: String, prefix: String, into contents: inout [String: [UInt8]], depth: Int
    ) throws {
        guard depth < 8 else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where !name.hasPrefix(".") {
            let path = "\(directory)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory: try read(path, prefix: "\(prefix)\(name)/", into: &contents, depth: depth + 1)
            case .typeRegular: contents["\(prefix)\(name)"] = try Array(Data(contentsOf: URL(filePath: path)))
            default: break  // a link could lead out of the directory
            }
        }
    }

    /// A name that changes with its content: `assets/main-3fa9c2d1.js`. Outside of `assets/` a digit must be among the
    /// letters, so that `two-columns.css` is not taken for one.
    static func hasHash(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let stem = name.prefix { $0 != "." }
        guard let dash = stem.lastIndex(of: "-") else { return false }
        let hash = stem[stem.index(after: dash)...].utf8
        let isDigit: (UInt8) -> Bool = { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        let isAlphanumeric = hash.allSatisfy { isDigit($0) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
        return hash.count >= 8 && isAlphanumeric && (path.hasPrefix("assets/") || hash.contains(where: isDigit))
    }

    /// The file of a path, or the page of the portal, whose own router knows more paths than we do. The provider's host
    /// has a page of its own.
    package func answer(_ path: String, _ headers: HTTPFields, on host: HostKind = .tenant) -> Outgoing? {
        if path != "/", let file = files[path] { return respond(file, headers) }
        let page = host == .provider ? "/console.html" : "/index.html"
        guard path == "/" || Self.isPage(path, headers), let index = files[page] else { return nil }
        return respond(index, headers)
    }

    private static func isPage(_ path: String, _ headers: HTTPFields) -> Bool {
        let last = path.split(separator: "/").last ?? ""
        return !last.contains(".") && headers[.accept]?.contains("text/html") == true
    }

    private func respond(_ file: File, _ headers: HTTPFields) -> Outgoing {
        var fields: HTTPFields = [
            .contentType: file.mediaType, .eTag: file.etag,
            .cacheControl: file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if file.compressed != nil { fields[.vary] = "Accept-Encoding" }
        if headers[.ifNoneMatch]?.contains(file.etag) == true { return Outgoing(status: 304, headers: fields) }
        if let compressed = file.compressed, headers[.acceptEncoding]?.contains("gzip") == true {
            fields[.contentEncoding] = "gzip"
            return Outgoing(status: 200, headers: fields, body: .bytes(compressed))
        }
        return Outgoing(status: 200, headers: fields, body: .bytes(file.bytes))
    }
}

package enum PortalError: Error { case noIndex }

enum MediaType {
    static func of(_ path: String) -> String {
        switch path.split(separator: ".").last?.lowercased() {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "woff": "font/woff"
        case "wasm": "application/wasm"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
