import Crypto
import HTTPTypes
import Kernel

/// The descriptions of the API, made once: OpenAPI for programs, a page for people.
struct Documents: Sendable {
    struct Page: Sendable {
        let mediaType: String
        let bytes: [UInt8]
        let etag: String
        let security: HTTPFields

        init(_ mediaType: String, _ bytes: [UInt8], _ security: HTTPFields) {
            self.mediaType = mediaType
            self.bytes = bytes
            self.security = security
            etag = "\"\(Base64URL.text(Array(SHA256.hash(data: bytes).prefix(12))))\""
        }

        func answer(_ headers: HTTPFields) -> Outgoing {
            let fields: HTTPFields = [.contentType: mediaType, .eTag: etag, .cacheControl: "no-cache"]
            if headers[.ifNoneMatch]?.contains(etag) == true { return Outgoing(status: 304, headers: fields) }
            return Outgoing(status: 200, headers: fields, body: .bytes(bytes))
        }
    }

    private let tenant: [String: Page]
    private let provider: [String: Page]

    init(_ operations: [Operation], title: String, version: String) {
        let isTenant: (Operation) -> Bool = { $0.path.hasPrefix(TenantAPI.base + "/") }
        tenant = Self.pages(
            operations.filter(isTenant), "\(TenantAPI.base)/openapi.json", "/api/docs", title, version)
        provider = Self.pages(
            operations.filter { !isTenant($0) }, "\(ProviderAPI.base)/openapi.json", "/provider/docs",
            "\(title) provider", version)
    }

    func page(_ path: Substring, _ host: HostKind) -> Page? {
        switch host {
        case .tenant: tenant[String(path)]
        case .provider: provider[String(path)]
        case .worker, .signUp, .any: nil
        }
    }

    private static func pages(
        _ operations: [Operation], _ document: String, _ page: String, _ title: String, _ version: String
    ) -> [String: Page] {
        let openAPI = OpenAPI.document(title: title, version: version, operations).bytes
        let html = APIPage.html(title: title, document: document, operations)
        return [
            document: Page("application/json", openAPI, SecurityHeaders.api),
            page: Page("text/html; charset=utf-8", Array(html.utf8), SecurityHeaders.page),
        ]
    }
}
