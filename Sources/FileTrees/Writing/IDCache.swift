/// The numbers that this host gives to the names of users, or of groups; each name is looked up once.
struct IDCache {
    private let lookUp: @Sendable (String) -> UInt32?
    private var known: [String: UInt32] = [:]
    /// The names that give no number here, and the number that the first file of each got.
    private(set) var strangers: [String: UInt32] = [:]

    init(_ lookUp: @escaping @Sendable (String) -> UInt32?) { self.lookUp = lookUp }

    /// The number of a name, or the one that its file had where the name gives none.
    ///
    /// The number 0 is root's on every host, whatever it is called, and no name makes another's file root's.
    mutating func id(of name: String?, else number: UInt32) -> UInt32 {
        guard number != 0, let name, strangers[name] == nil else { return number }
        if let id = known[name] { return id }
        guard let id = lookUp(name), id != 0 else {
            strangers[name] = number
            return number
        }
        known[name] = id
        return id
    }
}
