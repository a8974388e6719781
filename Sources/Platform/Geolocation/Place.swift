package import Kernel

/// Where an address is, as far as a geolocation database knows: the country for certain, the city where it is known.
package struct Place: Sendable, Hashable {
    /// ISO 3166-1, two letters.
    package let country: String
    package let countryName: PlaceName?
    /// A state or a province.
    package let region: PlaceName?
    package let city: PlaceName?
    /// The city's number at GeoNames.
    package let cityID: Int?

    package init(
        country: String, countryName: PlaceName? = nil, region: PlaceName? = nil, city: PlaceName? = nil,
        cityID: Int? = nil
    ) {
        self.country = country
        self.countryName = countryName
        self.region = region
        self.city = city
        self.cityID = cityID
    }

    /// By which places are told apart within a country where they have no number: region and city, in small letters.
    package var folded: String {
        [region, city].map { ($0?.en ?? "").lowercased() }.joined(separator: "/")
    }

    /// The place in a sentence: "Springfield, Illinois, United States".
    package var english: String {
        let region = region?.en == city?.en ? nil : region?.en
        return [city?.en, region, countryName?.en ?? country].compactMap(\.self).joined(separator: ", ")
    }

    /// The same as it is written in Chinese, the largest first.
    package var chinese: String {
        let region = region?.chinese == city?.chinese ? nil : region?.chinese
        return [countryName?.chinese ?? country, region, city?.chinese].compactMap(\.self).joined(separator: " ")
    }
}

/// What a place is called.
package struct PlaceName: Sendable, Hashable {
    package let en: String
    /// Nil where the database has no Chinese name.
    package let zh: String?

    package init(en: String, zh: String? = nil) {
        self.en = en
        self.zh = zh
    }

    var chinese: String { zh ?? en }
}

extension PlaceName: WireValue {
    package static let longest = 100

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("en", \.en, .text(1...longest))
        Field("zh", \.zh, .text(1...longest))
    }
}

extension Place: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "country", \.country,
            .string(2...2, pattern: "^[A-Z]{2}$", "must be a country's two letters", matches: Place.isCountry))
        Field("countryName", \.countryName, PlaceName.schema)
        Field("region", \.region, PlaceName.schema)
        Field("city", \.city, PlaceName.schema)
        Field("cityId", \.cityID, .int(1...Int(UInt32.max)))
    }

    package static func isCountry(_ text: String) -> Bool {
        text.utf8.count == 2 && text.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
    }
}
