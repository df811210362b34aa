/// The numbers of user or group names, each looked up once.
final class IDCache {
    private var known: [String: UInt32?] = [:]

    func id(_ name: String, _ lookUp: (String) -> UInt32?) -> UInt32? {
        if let id = known[name] { return id }
        let id = lookUp(name)
        known[name] = .some(id)
        return id
    }
}
