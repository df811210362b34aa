internal import Model
internal import SystemIO
internal import SystemPackage

extension ClusterFolder {
    /// The folder and those of its tablespaces: all that a server on it works with.
    ///
    /// - Throws: `E-IO-…`.
    func places() throws(Fault) -> [FilePath] {
        // Replay may make tablespaces there that no link leads to yet.
        let beside = FilePath("\(path.string).tablespaces")
        var places = try FileSystem.status(beside)?.isDirectory == true ? [path, beside] : [path]
        guard try contains("pg_tblspc") else { return places }
        let links = try Directory.open(path.appending("pg_tblspc"))
        for name in try links.names() where try links.status(of: name)?.kind == .symbolicLink {
            let target = FilePath(String(decoding: try links.readLink(name), as: UTF8.self))
            if !places.contains(where: { target.starts(with: $0) }) { places.append(target) }
        }
        return places
    }
}
