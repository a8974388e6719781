import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// The bodies of what makes something.
extension Household {
    static func name() -> JSON { .string("n" + Hex.encode(SecureRandom.bytes(6))) }

    func creation(_ name: String) -> JSON? {
        let new = Self.name()
        return switch name {
        case "users.create": ["login": new, "name": "New"]
        case "groups.create", "nodes.create", "organizations.create", "organizations.change": ["name": new]
        case "organizations.merge": ["into": .string(ids["organizations"]!)]
        case "organizations.fill": ["assets": [.string(ids["assets"]!)], "nodes": [.string(ids["nodes"]!)]]
        case "users.change", "groups.rename", "nodes.change", "webhooks.change", "accounts.change", "me.change",
            "messenger-channels.change":
            ["name": new]
        case "identity-providers.create":
            Self.provider(named: new.text ?? "", password: "of no use", group: ids["groups"]!)
        case "identity-providers.change":
            [
                "name": new,
                "rules": [
                    ["directoryGroup": "cn=ops,dc=example,dc=org", "group": .string(ids["groups"]!)],
                    ["directoryGroup": "cn=staff,dc=example,dc=org", "role": .string(ids["roles"]!)],
                ],
            ]
        case "sms-gateways.create": Self.smsGateway(named: new.text ?? "", secret: "of no use")
        case "face-component.set": ["pageUrl": "https://faces.example.com/capture", "enabled": true]
        case "me.propose-binding":
            ["provider": .string(ids["identity-providers"]!), "state": "x", "code": "x"]
        case "me.confirm-binding": ["token": "x"]
        case "identity-providers.test": ["login": "bob"]
        case "identity-providers.read-metadata":
            ["metadata": .string((try? Repository.text("Tests/SAMLTests/lemonldap-metadata.xml")) ?? "")]
        case "identity-sync.change": ["createsUsers": .bool(false)]
        case "identity-sync.start": ["kind": "preview"]
        case "provisioning.create-client": ["name": new]
        case "sign-in-rules.set":
            [
                "rules": Self.signInRules(
                    of: ids["users"]!, asking: ["group": .string(ids["groups"]!)])
            ]
        case "factor-rules.set":
            [
                "level": "all",
                "rules": [
                    Installation.keysAlone,
                    [
                        "name": "four eyes", "action": "require",
                        "who": [["user": .string(ids["users"]!)], ["group": .string(ids["groups"]!)]],
                    ],
                ],
            ]
        case "factor-rules.try": ["user": .string(ids["users"]!), "address": "203.0.113.7"]
        case "sign-in-rules.try": ["user": .string(ids["users"]!), "address": "203.0.113.7"]
        case "assets.create":
            [
                "name": new, "address": "10.0.0.1", "nodes": [.string(ids["nodes"]!)],
                "labels": [["key": "env", "value": "prod"]],
            ]
        case "assets.change":
            ["name": new, "nodes": [.string(ids["nodes"]!)], "labels": [["key": "env", "value": "test"]]]
        case "accounts.create":
            ["asset": .string(ids["assets"]!), "name": new, "kind": "password", "secret": "a secret of no use"]
        case "webhooks.create": ["name": new, "url": "https://hooks.invalid/in", "eventTypes": ["*"]]
        case "messenger-channels.create": Self.channel(named: new.text ?? "", secret: "of no use")
        case "mail.test": ["to": "ada@example.com"]
        case "webhooks.allow": ["items": [["host": "10.1.2.3", "port": 443]]]
        case "access.grant":
            [
                "name": new, "users": [.string(ids["users"]!)], "groups": [.string(ids["groups"]!)],
                "assets": [.string(ids["assets"]!)], "nodes": [.string(ids["nodes"]!)], "accounts": [["kind": "all"]],
                "protocols": ["ssh"], "actions": ["connect"],
            ]
        case "flows.set-rules": ["floors": [["name": new, "asksPeople": true]], "mostOpenPerPerson": 1_000]
        case "break-glass.set-rules": ["rules": [["name": new, "groups": [.string(ids["groups"]!)]]]]
        case "access.extend": ["endsAt": .string(Timestamp.text(Date() + 30 * 86_400))]
        case "access.try":
            [
                "add": [
                    [
                        "name": new, "users": [.string(ids["users"]!)], "groups": [.string(ids["groups"]!)],
                        "assets": [.string(ids["assets"]!)], "nodes": [.string(ids["nodes"]!)],
                        "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
                    ]
                ],
                "change": [["grant": .string(ids["grants"]!), "weekly": []]],
                "memberships": [
                    ["user": .string(ids["users"]!), "group": .string(ids["groups"]!), "isMember": true]
                ],
            ]
        case "access.decide":
            ["user": .string(ids["users"]!), "asset": .string(ids["assets"]!), "account": "root"]
        case "tickets.copy": ["people": [["user": .string(ids["users"]!)]]]
        case "delegations.create":
            ["to": ["user": .string(ids["users"]!)], "endsAt": .string(Timestamp.text(Date() + 86_400))]
        case "tickets.open": ["reason": "Disk is full", "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "request-templates.create", "request-templates.save-own", "request-templates.replace":
            ["name": new, "assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "tickets.preview": ["assets": [.string(ids["assets"]!)], "accounts": ["root"]]
        case "flows.create", "flows.replace":
            [
                "name": new,
                "levels": [
                    [
                        "name": "Lead", "webhook": .string(ids["webhooks"]!),
                        "approvers": [["user": .string(ids["users"]!)]],
                    ]
                ],
            ]
        case "announcements.create", "announcements.replace":
            [
                "title": new, "body": "On Saturday", "endsAt": "2035-01-01T00:00:00.000Z",
                "audience": [["user": .string(ids["users"]!)]],
            ]
        case "notice-subscriptions.set-own":
            ["wishes": [["type": "ticket.decided", "channel": "mail", "isWanted": false]], "digest": "hourly"]
        case "notice-subscriptions.set-defaults":
            ["wishes": [["type": "ticket.decided", "channel": "mail", "isWanted": false]]]
        case "notice-templates.set", "notice-templates.preview":
            [
                "type": "ticket.decided", "channel": "site", "language": "en", "title": "#{{number}}",
                "body": "{{outcome}}",
            ]
        case "notice-templates.reset": ["type": "ticket.decided", "channel": "site", "language": "en"]
        case "me.create-token": ["name": new]
        // Where the tests call from.
        case "me.set-token-sources": ["sources": ["10.0.0.0/8"]]
        case "me.create-access-key": ["name": new, "algorithm": "hmac-sha256", "sources": ["192.0.2.0/24"]]
        case "roles.create": ["name": new, "permissions": ["users.read"]]
        case "roles.change": ["name": new, "description": "Looks people up", "permissions": ["groups.read"]]
        case "endpoint-rules.set":
            ["rules": [["name": new, "node": .string(ids["nodes"]!), "pools": ["default"]]]]
        case "terminal.open": ["asset": .string(ids["assets"]!), "account": "root"]
        default: nil
        }
    }
}
