package import Kernel

extension FlowPlan {
    /// The number of the first level that cannot be filled, nobody deciding twice; nil if different people can be found for
    /// all of them: a matching of places to people (Kuhn's algorithm).
    package static func unfilled(_ levels: [(people: Set<UserID>, quorum: Int)]) -> Int? {
        let places = levels.indices.flatMap { level in (0..<levels[level].quorum).map { _ in level } }
        var placeOf: [UserID: Int] = [:]
        func assign(_ place: Int, _ tried: inout Set<UserID>) -> Bool {
            for user in levels[places[place]].people where tried.insert(user).inserted {
                if let other = placeOf[user], !assign(other, &tried) { continue }
                placeOf[user] = place
                return true
            }
            return false
        }
        for level in levels.indices where levels[level].people.count < levels[level].quorum { return level + 1 }
        for place in places.indices {
            var tried: Set<UserID> = []
            if !assign(place, &tried) { return places[place] + 1 }
        }
        return nil
    }
}
