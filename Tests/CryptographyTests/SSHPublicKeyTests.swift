import Cryptography
import Testing

// swift-format-ignore
@Suite struct SSHPublicKeyTests {
    private static let ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZ0iLfARJZdwvJX/QJi2TOfSnvsZMQF3cxq9NChJVIN ada@example"
    private static let weak = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCy8fNANNZjj1Ug2QAEsBW346zpyGbMIg0z8OZROBT/pnOEO/0Db6zcn1WjEfImJbW9UtwzVvmfKFQk1O9goz72KzPpyOR2r1n53VEUxx/Kl9RAIZ2m0YVKHTRzLrPHvYL7iqhp3nV9vAKyxdxq4vo+v/RqyHeIWaAjGu+RSqoMPw== weak"
    private static let dsa = "ssh-dss AAAAB3NzaC1kc3MAAACBAOelwOr1/quSqvhBSZXY582eT37ayhaIniihyt7rz+S2DapftnqX3jilRkPr7bUwvL8S9BQL0v8ZcFeVNVFxO69xbSxB9k9wqSgK27uyxDf8pdzwSgN2WbGZbVtKanSqgLyA81N5P4tdQ2DHe6pWIlVrZpEYXuvxxWhUOKwTCGbtAAAAFQD9gEizlDAbDjuFhE4OYUqmIEZGNwAAAIEAl+qTAGxz2t2Z9smWpvn00UnxozmlPduG3/oav4QTiW8ZC98McT8wSfJOJdFMQyg76H0EgD1zFZiBm5JPmrr2wufAFmx9SG4IcBBF0p2BOTM1x668oyZ7HU9EPtNPhIUu4WWYGpx/cQedR8+zKM5s3D1FDVTWT14FGM+KgoxlF1wAAACAClgVR5HOAUI+Ic5QL+JLRMgZCippxSBTs9ZAZIdeOQ3Jco0POSVPUGgAWQPFO/T9ok5+8TXpr/tNItQfQyJcTPv55is+T8kSXcaXzjZfqjMlogOS42dBZIGaCfa5mINf6PoD+kXCEcDlz5ta2HaXF4ocGBbtdh3dUYDWnbc3+qw= root@vm"

    @Test(arguments: [
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZ0iLfARJZdwvJX/QJi2TOfSnvsZMQF3cxq9NChJVIN ada@example",
            "SHA256:nUNWw8DYgO0guscW2kg8f9AKK6AbRFbi5Amx0U+A4fc", "ada@example"
        ),
        (
            "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFE4f2RATUTRR/NI5ggaStgG/8satzQuuAQDsae2bL0HUDZ+sZ3iR+qw78m6RC2o8BzwqAimxdTeYHVgeB4jTX3mABvN9I0bb8wvJDcHRLtiY0gJkQO1Plga3TOLF3GaCBRJFLcHfcLIrtWCmA80REZPH+MSx4zDZ9dHRIPMCjOVnr0oA==",
            "SHA256:BO0WVbGIlBdMobtVaboisoVzncgUvpD1UUk0WELSdwU", ""
        ),
        (
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC93X4MbzrLadxywz/XfP1pFXDcL85ZQ/RtQV5xiuisefYYCllUpHcCt2OBswrtd5urbvMZ44RR1O0afLPeua3BJbTapwrobA2ZnAZ3ceFkIeeGTeYgfpOrwawY1rCfi4uSJtkcODXGjGCzRrXSd4labJGNk7/Kuys2+P90z6/Sw/nXIN9ajQ15lL2yJ833MciBr7OBhMaLANL8JCrmLO3zXlEVFp1zw+mG06m2nafprhoNMTKniWd95mtYEU77Jw3r8JP+9LQl3xb1bui9JscGiyZSJNu55aes+W9E8csoxfZanTbEnC2MkG1tAX0dDseYt/NT4M1KK2flMEvoV50r old one",
            "SHA256:2xZCZuPMNH+nGp724syQ47gc1u2ZRfBLXjdieZ0K5SE", "old one"
        ),
        (
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBrb23bCww6Tkp50afzUIUwPrckFCub2bUPR7/Ejf6GFhwA8QSucBoT8kdIUVErOxgtYI/urdbzdmnW4hXD/GYE= p 256",
            "SHA256:9rh4LeEkHIb6+v0/m9gwjCPKF2tMdPFsGTh6UI448iI", "p 256"
        ),
    ])
    func `a line of ssh-keygen has the fingerprint that ssh-keygen prints`(line: String, fingerprint: String, comment: String) throws {
        let key = try SSHPublicKey(line: line + "\n")
        #expect(key.fingerprint == fingerprint)
        #expect(key.comment == comment)
        #expect(key.line == line)
        #expect(try SSHPublicKey(blob: key.blob).algorithm == key.algorithm)
    }

    private func refusal(_ line: String) -> SSHPublicKeyError? {
        do {
            _ = try SSHPublicKey(line: line)
            return nil
        } catch {
            return error
        }
    }

    @Test func `weak and broken keys are refused by name`() {
        #expect(refusal(Self.weak) == .weakRSA(bits: 1024))
        #expect(refusal(Self.dsa) == .dsa)
    }

    @Test func `options are refused, never dropped`() {
        for options in ["no-pty", "from=\"10.0.0.0/8\"", "command=\"echo ssh-rsa hi\",no-pty"] {
            #expect(refusal("\(options) \(Self.ed25519)") == .options)
        }
    }

    @Test func `what is something else says so`() {
        #expect(refusal("-----BEGIN OPENSSH PRIVATE KEY-----") == .privateKey)
        #expect(refusal("ssh-ed25519-cert-v01@openssh.com AAAA") == .certificate)
        #expect(refusal("ssh-foo AAAA") == .algorithm)
        #expect(refusal("") == .malformed)
        #expect(refusal("ssh-ed25519") == .malformed)
        #expect(refusal("ssh-ed25519 !!!!") == .malformed)
        #expect(refusal("ssh-ed25519 AAAA") == .malformed)
        #expect(refusal(Self.ed25519 + "\n" + Self.ed25519) == .malformed)
        #expect(refusal(Self.ed25519 + String(repeating: "x", count: 300)) == .comment)
        #expect(refusal(Self.ed25519.replacing("ssh-ed25519", with: "ssh-rsa")) == .mismatch)
    }

    @Test func `a point that is not on its curve is refused`() throws {
        let key = try SSHPublicKey(line: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBrb23bCww6Tkp50afzUIUwPrckFCub2bUPR7/Ejf6GFhwA8QSucBoT8kdIUVErOxgtYI/urdbzdmnW4hXD/GYE= p 256")
        var blob = key.blob
        blob[blob.count - 1] ^= 1
        #expect(throws: SSHPublicKeyError.point) { try SSHPublicKey(blob: blob) }
    }

    @Test func `no cut or longer blob is taken`() throws {
        for line in [Self.ed25519, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC93X4MbzrLadxywz/XfP1pFXDcL85ZQ/RtQV5xiuisefYYCllUpHcCt2OBswrtd5urbvMZ44RR1O0afLPeua3BJbTapwrobA2ZnAZ3ceFkIeeGTeYgfpOrwawY1rCfi4uSJtkcODXGjGCzRrXSd4labJGNk7/Kuys2+P90z6/Sw/nXIN9ajQ15lL2yJ833MciBr7OBhMaLANL8JCrmLO3zXlEVFp1zw+mG06m2nafprhoNMTKniWd95mtYEU77Jw3r8JP+9LQl3xb1bui9JscGiyZSJNu55aes+W9E8csoxfZanTbEnC2MkG1tAX0dDseYt/NT4M1KK2flMEvoV50r old one"] {
            let blob = try SSHPublicKey(line: line).blob
            for length in blob.indices {
                #expect(throws: SSHPublicKeyError.self) { try SSHPublicKey(blob: Array(blob.prefix(length))) }
            }
            #expect(throws: SSHPublicKeyError.malformed) { try SSHPublicKey(blob: blob + [0]) }
        }
    }
}
