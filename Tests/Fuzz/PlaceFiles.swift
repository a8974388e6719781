import FoundationEssentials
import Kernel

@testable import Geolocation

/// Geolocation databases that the operator brings.
enum PlaceFiles {
    private static let path = "/dev/shm/gatehouse-fuzz-\(ProcessInfo.processInfo.processIdentifier).mmdb"

    static func read(_ bytes: [UInt8]) {
        try? Data(bytes).write(to: URL(filePath: path))
        guard let file = try? PlaceFile(path: path) else { return }
        for address in ["203.0.113.9", "8.8.8.8", "2001:db8::1", "::1", "ffff::"] {
            guard let bytes = AddressRange.bytes(of: address), let place = file.place(of: bytes) else { continue }
            guard Place.isCountry(place.country),
                (try? Place.schema.parse(JSONParser.parse(Place.schema.bytes(of: place)))) == place
            else { fatalError("a place is none") }
        }
    }
}
