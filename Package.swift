// swift-tools-version:6.2
import PackageDescription

// The table of targets: one line each, lowest level first. `Docs/architecture.md` says what each one is for, and
// `Tests/Architecture` fails when an import goes against the levels.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A C library: a module map and a shim header, imported by exactly one platform target.
func c(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// C of our own, for what cannot be written in Swift.
func ownC(_ name: String) -> Target { .target(name: name, path: "Sources/C/\(name)") }

func library(_ folder: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: settings)
}
func platform(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    library("Platform", name, dependencies)
}
func feature(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    library(
        "Features", name,
        ["Kernel", "Cryptography", "Postgres", "HTTPAPI", "Audit", "Jobs", logging, httpTypes] + dependencies)
}
func gateway(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    library("Gateway", name, ["Kernel", "Cryptography", "GatewayContract", logging] + dependencies)
}
func app(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/Apps/\(name)", swiftSettings: settings)
}
func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "Kernel", "TestSupport"] + dependencies,
        path: "Tests/\(name)Tests", swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "gatehouse",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C
        c("CLibPQ", pkgConfig: "libpq", apt: "libpq-dev"),
        c("CHiredis", pkgConfig: "hiredis", apt: "libhiredis-dev"),
        c("CLibSSH", pkgConfig: "libssh", apt: "libssh-dev"),
        c("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        c("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        c("CVTerm", pkgConfig: "vterm", apt: "libvterm-dev"),
        c("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        c("CQREncode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        c("CLDAP", pkgConfig: "ldap", apt: "libldap-dev"),
        c("CFido2", pkgConfig: "libfido2", apt: "libfido2-dev"),
        c("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        c("CXMLSec", pkgConfig: "xmlsec1-openssl", apt: "libxmlsec1-dev"),
        c("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        c("CMaxMindDB", pkgConfig: "libmaxminddb", apt: "libmaxminddb-dev"),
        ownC("CKeptMemory"),

        // Platform: one outside thing each
        platform("Kernel"),
        platform("Cryptography", "Kernel", "CSodium", "CKeptMemory", crypto, cryptoExtras),
        platform("JOSE", "Kernel", "Cryptography", crypto, cryptoExtras),
        platform("Postgres", "Kernel", "CLibPQ", logging, lifecycle),
        platform("Redis", "Kernel", "CHiredis", logging, lifecycle),
        platform("Outbound", "Kernel", "CCurl", crypto, logging, lifecycle),
        platform("QRCode", "CQREncode"),
        platform("Geolocation", "Kernel", "CMaxMindDB", logging, lifecycle),
        platform("LDAP", "Kernel", "Outbound", "CLDAP"),
        platform("RADIUS", "Kernel", "Cryptography", "Outbound", "COpenSSL", crypto, nioCore, nioPosix),
        platform("CMPP", "Kernel", "Cryptography", "Outbound", crypto, nioCore, nioPosix),
        platform("WebAuthn", "Kernel", "Cryptography", "CFido2"),
        platform("SAML", "CXMLSec", "CZlib"),
        platform("SSH", "Kernel", "CLibSSH", logging),
        platform("Terminal", "Kernel", "CVTerm"),
        platform("Recording", "Kernel", "Cryptography", "CZstd", crypto),
        platform("ObjectStore", "Kernel", "Cryptography", "Outbound", crypto, logging),
        platform("Observability", "Kernel", logging),
        platform("KeyService", "Kernel", "Cryptography", "Outbound"),

        // What features are made of
        platform("GatewayContract", "Kernel", "Cryptography"),
        platform(
            "HTTPAPI", "Kernel", "Postgres", "Observability", crypto, httpTypes, hummingbird, nioCore, nioHTTP,
            nioHTTPTypes, nioHTTPTypesHTTP1, logging, lifecycle),
        platform("Jobs", "Kernel", "Postgres", logging, lifecycle),
        platform("Audit", "Kernel", "Postgres", logging, lifecycle),

        // Features, lowest first
        feature("Tenancy", lifecycle),
        feature("Metering", "Tenancy", lifecycle),
        feature("ServiceLevels", "Observability", lifecycle),
        feature("Billing", "Metering", "Outbound"),
        feature("Messaging", "Tenancy", "Metering", "Outbound", lifecycle),
        feature(
            "Identity", "Tenancy", "Metering", "QRCode", "LDAP", "RADIUS", "CMPP", "WebAuthn", "JOSE", "SAML",
            "Outbound", "Geolocation", crypto),
        feature("Notifications", "Tenancy"),
        feature("Operators", "Identity", "QRCode"),
        feature("Support", "Tenancy", "Identity", "Operators"),
        feature("Assets", "Metering"),
        feature("Vault", "Tenancy", "Assets"),
        feature("Access", "Assets"),
        feature("Tickets", "Assets", "Access", "Messaging"),
        feature("Messengers", "Tenancy", "Messaging", "Outbound", "SAML", crypto, lifecycle),
        feature(
            "Sessions", "Tenancy", "Metering", "GatewayContract", "Recording", "ObjectStore", "Terminal", lifecycle),
        feature("Hosting", "Tenancy", "Metering", "Sessions", "GatewayContract", "Recording", lifecycle),

        // Gateway
        gateway("GatewayCore", "Recording", "Outbound", "Terminal", lifecycle),
        gateway("GatewaySSH", "GatewayCore", "SSH", "Terminal"),
        gateway("GatewayWeb", "GatewayCore", "GatewaySSH", nioCore, nioPosix, nioHTTP, nioWebSocket, lifecycle),

        // Apps
        .target(
            name: "ControlPlane",
            dependencies: [
                "Kernel", "Cryptography", "Postgres", "Redis", "Outbound", "SSH", "ObjectStore", "Observability",
                "Geolocation", "KeyService", "HTTPAPI", "Jobs", "Audit", "GatewayContract", "Tenancy", "Metering",
                "Billing", "Messaging", "Notifications",
                "Identity", "Operators", "Support", "ServiceLevels", "Assets", "Vault",
                "Access", "Tickets", "Messengers", "Sessions", "Hosting", crypto, httpTypes, hummingbird, logging,
                lifecycle,
            ],
            path: "Sources/Apps/ControlPlane", swiftSettings: settings),
        app("gatehouse-server", "ControlPlane", "Kernel", "Observability", arguments, logging),
        app(
            "gatehouse-worker", "GatewayCore", "GatewaySSH", "GatewayWeb", "Kernel", "Cryptography", "Recording",
            "Outbound",
            "Observability", arguments, lifecycle, logging),
        app("gatehouse", "Kernel", "Cryptography", "Postgres", "Recording", "Outbound", arguments, logging, signals),
        app("gatehouse-proofs", "Kernel", "Cryptography", "JOSE", "SAML", "WebAuthn", "Identity"),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["Kernel", "Postgres", logging], path: "Tests/Support",
            swiftSettings: settings),
        .target(
            name: "Stage",
            dependencies: [
                "Kernel", "Cryptography", "Postgres", "HTTPAPI", "Audit", "Jobs", "Tenancy", "TestSupport", crypto,
                httpTypes,
            ],
            path: "Tests/Stage", swiftSettings: settings),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["TestSupport"], path: "Tests/ArchitectureTests",
            swiftSettings: settings),
        tests("Kernel"),
        tests("Cryptography", "CKeptMemory"),
        tests("Postgres", logging),
        tests("Redis"),
        tests("Outbound"),
        tests("QRCode"),
        tests("Geolocation", "Observability", logging),
        tests("LDAP", "Outbound"),
        tests("RADIUS", "Cryptography", "Outbound", nioCore),
        tests("CMPP", "Cryptography", "Outbound"),
        tests("WebAuthn", "Cryptography"),
        tests("JOSE", "Cryptography", crypto, cryptoExtras),
        tests("SAML"),
        tests("SSH"),
        tests("Terminal"),
        tests("Recording"),
        tests("ObjectStore", "Outbound", logging),
        tests("Observability", logging),
        tests("KeyService", "Cryptography", "Outbound", logging),
        tests("GatewayContract", crypto),
        tests("HTTPAPI", "Postgres", "Observability", crypto, httpTypes, nioCore, nioPosix, logging, lifecycle),
        tests("Jobs", "Postgres", logging, lifecycle),
        tests("Audit", "Postgres", logging, lifecycle),
        tests(
            "Tenancy", "Stage", "Audit", "Cryptography", "KeyService", "Outbound", "Postgres", "HTTPAPI", lifecycle,
            logging),
        tests("Metering", "Postgres", "HTTPAPI"),
        tests("Billing", "Metering", "Cryptography", "Jobs", "Outbound", "Postgres", "HTTPAPI", logging),
        tests(
            "Messaging", "Stage", "Audit", "Cryptography", "Postgres", "HTTPAPI", "Jobs", "Outbound", "Tenancy", logging
        ),
        tests(
            "Notifications", "Stage", "Audit", "Cryptography", "HTTPAPI", "Jobs", "Messaging", "Outbound", "Postgres",
            "Tenancy", logging),
        tests(
            "Identity", "Tenancy", "Cryptography", "Postgres", "HTTPAPI", "JOSE", "LDAP", "RADIUS", "Outbound", "Audit",
            "Access", "Geolocation", "Messaging", "Tickets", crypto, httpTypes, logging
        ),
        tests(
            "Operators", "Audit", "Cryptography", "HTTPAPI", "Identity", "Postgres", crypto, httpTypes),
        tests("Support", "HTTPAPI", "Identity"),
        tests("ServiceLevels", "HTTPAPI", "Observability", "Postgres"),
        tests("Assets", "Stage", "Audit", "Postgres", "HTTPAPI"),
        tests("Vault", "Stage", "Audit", "Cryptography", "Postgres", "HTTPAPI", "Tenancy", "Assets"),
        tests("Access", "Stage", "Audit", "Postgres", "HTTPAPI", "Assets"),
        tests(
            "Tickets", "Stage", "Access", "Assets", "Audit", "Cryptography", "HTTPAPI", "Jobs", "Messaging", "Outbound",
            "Postgres", "Tenancy", logging),
        tests(
            "Messengers", "Stage", "Access", "Tickets", "Audit", "Cryptography", "HTTPAPI", "Jobs", "Messaging",
            "Outbound", "Postgres", "Tenancy", crypto, httpTypes, lifecycle, logging),
        tests(
            "Sessions", "Tenancy", "Metering", "GatewayContract", "Recording", "ObjectStore", "Postgres", "HTTPAPI",
            "Cryptography", "Audit", "Outbound", logging),
        tests(
            "Hosting", "Tenancy", "Sessions", "GatewayContract", "Recording", "ObjectStore", "Postgres", "HTTPAPI",
            "Cryptography", httpTypes, lifecycle),
        tests(
            "ControlPlane", "Access", "Assets", "Audit", "Cryptography", "GatewayContract", "GatewayWeb", "Hosting",
            "HTTPAPI", "Identity", "Messaging", "Observability", "Operators", "Outbound", "Postgres", "Recording",
            "SSH",
            "Support", "Tenancy", "Tickets", crypto, httpTypes, logging),
        tests("GatewayCore"),
        tests("GatewaySSH"),
        tests(
            "GatewayWeb", "GatewayCore", "GatewayContract", "Cryptography", "Recording", "SSH", lifecycle, logging,
            nioCore,
            nioPosix, nioHTTP),
        tests("gatehouse", arguments),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "gatehouse", "gatehouse-server", "gatehouse-worker"],
            path: "Tests/EndToEndTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// `Deploy/fuzz` alone builds this: it links libFuzzer's main and needs every module instrumented.
if Context.environment["GATEHOUSE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Kernel", "Cryptography", "JOSE", "SAML", "SSH", "WebAuthn", "RADIUS", "Geolocation", "Identity",
            ],
            path: "Tests/Fuzz",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
