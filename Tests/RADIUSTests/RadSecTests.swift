import Cryptography
import Testing

@testable import RADIUS

/// What a key is that somebody else has written, before anything is connected.
@Suite struct RadSecTests {
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASOgAwIBAgIULO6iEO7OTmrFWVREHN9qNGgxwggwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJZ2F0ZWhvdXNlMB4XDTI2MTEyOTIxNTcyOFoXDTM2MTEyNjIx
        NTcyOFowFDESMBAGA1UEAwwJZ2F0ZWhvdXNlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEQiHtT5t7EAxobEVciCtdEyI3JGzES2R8nts4P2ac4g1n0k0z/gqAde2h
        oXo6fvOdZl9MnDUhzRMGidPAXn8/BKNTMFEwHQYDVR0OBBYEFOWWmc8Mescj1kRc
        gv4U+GCSz8lcMB8GA1UdIwQYMBaAFOWWmc8Mescj1kRcgv4U+GCSz8lcMA8GA1Ud
        EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgZJm98VBqajzAZw2V6cDR9Mbf
        U+k9JRUmpCH7Z6jXhdkCIGoy9vUsma/2MKrwc5rA/glNMm41YTTYoerpOmyRtf6e
        -----END CERTIFICATE-----
        """
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF+SkBM34QDPFGhY9
        ZoMtaMAeMNc2dCej+MVnvG8laQahRANCAARCIe1Pm3sQDGhsRVyIK10TIjckbMRL
        ZHye2zg/ZpziDWfSTTP+CoB17aGhejp+851mX0ycNSHNEwaJ08Befz8E
        -----END PRIVATE KEY-----
        """
    /// The same key, with an empty passphrase.
    private static let empty = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgH84+HMZW0WgICA+gw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEM8n2s/Zfq1idzBF8lzzu+sEgZA3
        iv9mMXWwICKZD+W96B8f7wtEK+AMm+AddigGxc50DOa7XA00h8VCgdlXPitWgqcf
        vmFppucz9eYM0JJSdxJ3B4CepHUpuCdcSjxmXC73Bgt7T5ne+Y6+2kAnrrDrSlWa
        L4vTfwxXQr+SYpQGUr3xOSkUSs1GvdVv1m1sX7CTiplmLE5HNB+ljtdmG8urVV4=
        -----END ENCRYPTED PRIVATE KEY-----
        """
    /// The same, for which a passphrase is worked on 2147483647 times.
    private static let slow = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHuMFkGCSqGSIb3DQEFDTBMMCsGCSqGSIb3DQEFDDAeBAjCzZZfE//GmAIEf///
        /zAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQe/JbrKQxPB+Zee/RO0kVvwSB
        kEETfpDaq3rV70GjmJ8gyM1irpOXuDvJH9AJigxleV6pVnGO84ylSKE+NTWpCqgW
        ogfgeW2dYzm3WPqIq1qHR5DYe2RRj+C51HOc+sVFY40zdc3eKXAYciwHQ6uo55BQ
        WUb+b3pNGOlJh0E4rbv8/G4JrwEW3ezQhKWG/YLso4RG5kisTdv7dZWcdSKm8qDV
        XQ==
        -----END ENCRYPTED PRIVATE KEY-----
        """

    private func fault(_ key: String, certificate: String = certificate) -> RadSecFault? {
        RadSec(authorities: Self.certificate, certificate: certificate, key: Redacted(key)).fault
    }

    @Test func `a key is taken as it is, and none that has a passphrase`() {
        #expect(fault(Self.key) == nil)
        #expect(fault(Self.empty) == .key)
        // Minutes of work, if anybody began it.
        #expect(fault(Self.slow) == .key)
        #expect(fault("no key") == .key && fault("") == .key)
    }

    @Test func `nobody is asked for the passphrase of a certificate`() {
        let lines = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
        let begin = "BEGIN CERTIFICATE-----\n"
        let asking = Self.certificate.replacing(begin, with: begin + lines)
        #expect(!RadSec.isCertificates(asking))
        #expect(fault(Self.key, certificate: asking) == .certificate)
        #expect(RadSec.isCertificates(Self.certificate))
    }
}
