/// What a loop watches: something with a file descriptor.
protocol LoopMember: AnyObject {
    /// The descriptor is ready.
    func ready(_ events: UInt32)
    /// The member was marked; nothing of libssh is on the stack.
    func service()
}

/// Members by slot. A key carries a generation, because a descriptor that libssh closed by itself may still have an event
/// in flight when its slot has a new owner.
struct SlotTable {
    private var slots: [(generation: UInt32, member: (any LoopMember)?)] = []
    private var free: [Int] = []

    var isEmpty: Bool { free.count == slots.count }

    mutating func add(_ member: any LoopMember) -> UInt64 {
        let index: Int
        if let last = free.popLast() {
            index = last
            slots[index].member = member
        } else {
            index = slots.count
            slots.append((0, member))
        }
        return UInt64(slots[index].generation) << 32 | UInt64(index)
    }

    mutating func remove(_ key: UInt64) -> Bool {
        guard self[key] != nil else { return false }
        let index = Int(key & 0xFFFF_FFFF)
        slots[index].member = nil
        slots[index].generation &+= 1
        if slots[index].generation == .max { slots[index].generation = 0 }
        free.append(index)
        return true
    }

    subscript(key: UInt64) -> (any LoopMember)? {
        let index = Int(key & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(key >> 32) else { return nil }
        return slots[index].member
    }
}
