/// One walk around the ring of a vault's objects, from after a name to that name again.
///
/// A value without input or output.
struct RingWalk {
    private let origin: String
    private let start: Int
    private var step = 0
    private var position: String
    private var hasWrapped = false

    init(_ inventory: VaultInventory, after origin: String) {
        self.origin = origin
        start = inventory.index(after: origin)
        position = origin
    }

    /// The object that comes next; nil when the walk has been all around.
    ///
    /// Asked again before ``advance(through:)``, it is the same.
    func next(_ inventory: VaultInventory) -> (
        member: VaultInventory.Member, name: String, bytes: Int64
    )? {
        guard step < inventory.count else { return nil }
        return inventory.member((start + step) % inventory.count)
    }

    /// Goes on to the next object; tells which names the walk has passed with this one.
    mutating func advance(through name: String) -> [NameRange] {
        step += 1
        defer { position = name }
        // Past the last name the ring begins again.
        guard name <= position else { return [NameRange(after: position, through: name)] }
        hasWrapped = true
        return [NameRange(after: position, through: ""), NameRange(after: "", through: name)]
    }

    /// Ends a walk that has been all around; tells which names, of no object, are left.
    func close() -> [NameRange] {
        if hasWrapped {
            return position < origin ? [NameRange(after: position, through: origin)] : []
        }
        let rest = [NameRange(after: position, through: "")]
        return origin.isEmpty ? rest : rest + [NameRange(after: "", through: origin)]
    }
}
