/// The name of a sealed secret: that of the secret with `.age` at the end.
enum SealedName {
    private static let ending = Array(".age".utf8)

    /// The path of the sealed form.
    static func sealed(_ path: [UInt8]) -> [UInt8] { path + ending }

    /// The path of the plain form; nil when it is not the path of a sealed secret.
    static func plain(_ path: [UInt8]) -> [UInt8]? {
        guard path.count > ending.count, path.suffix(ending.count).elementsEqual(ending),
            path[path.count - ending.count - 1] != UInt8(ascii: "/")
        else { return nil }
        return path.dropLast(ending.count)
    }
}
