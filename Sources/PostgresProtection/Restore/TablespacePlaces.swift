internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// Where the tablespaces of a restore are: each in a folder of its own, beside the data directory unless another place was asked
/// for, and never where it was made.
final class TablespacePlaces {
    /// The folder beside the data directory.
    let beside: FilePath
    private let cluster: ClusterFolder
    private let mapping: [String: FilePath]
    private var common: ClusterFolder?
    private var folders: [UInt32: ClusterFolder] = [:]
    private var added: Set<UInt32> = []
    private var unused: Set<String>
    /// Which tablespace got a place that was asked for, by the path that it was made at.
    private var placed: [String: UInt32] = [:]
    /// Tablespaces made where another had been made before, whose place was taken, each a line.
    private(set) var displaced: [UInt32: String] = [:]

    /// `mapping`: where some of them go, by the path that they were made at.
    init(for cluster: ClusterFolder, mapping: [String: FilePath]) {
        beside = FilePath("\(cluster.path.string).tablespaces")
        self.cluster = cluster
        self.mapping = mapping
        unused = Set(mapping.keys)
    }

    /// Paths for which a place was asked and at which no tablespace was made.
    var withoutTablespace: [String] { unused.sorted() }

    /// The folder of a tablespace.
    func place(of oid: UInt32, madeAt location: String) -> FilePath {
        if let other = placed[location], other != oid { return beside.appending(String(oid)) }
        return mapping[location] ?? beside.appending(String(oid))
    }

    /// The folder of a tablespace of a data directory that is not open yet.
    static func place(
        of oid: UInt32,
        madeAt location: String,
        beside data: FilePath,
        _ mapping: [String: FilePath]
    ) -> FilePath {
        mapping[location] ?? FilePath("\(data.string).tablespaces").appending(String(oid))
    }

    /// Refuses what is beside a data directory and is not as a restore makes it, or holds a tablespace; changes nothing.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    static func require(
        beside data: FilePath,
        for account: Account?,
        isVacant: Bool
    ) throws(Fault) {
        let beside = FilePath("\(data.string).tablespaces")
        try FolderClaim(path: beside, account: account, isDerived: true).require()
        guard let status = try FileSystem.status(beside), status.isDirectory else { return }
        for name in try Directory.open(beside).names() where UInt32(name.description) != nil {
            let place = beside.appending(name)
            try FolderClaim(path: place, account: account, isDerived: true).require()
            if isVacant { try RestoreDestination.requireVacant(place) }
        }
    }

    /// Takes the folder of a tablespace, and makes the server's link to it.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func take(
        _ oid: UInt32,
        madeAt location: String,
        _ begun: BegunPlaces,
        in delta: DeltaPlace?
    ) throws(Fault) -> ClusterFolder {
        let place = place(of: oid, madeAt: location)
        let folder: ClusterFolder
        if let delta {
            try delta.requireOwn(place, of: oid)
            try cluster.remove("pg_tblspc/\(oid)")
            folder = try open(oid, place, madeAt: location)
        } else {
            folder = try begun.take(place) { () throws(Fault) in
                try open(oid, place, madeAt: location)
            }
        }
        unused.remove(location)
        folders[oid] = folder
        if mapping[location] != nil {
            let first = placed[location] ?? oid
            placed[location] = first
            if first != oid {
                displaced[oid] =
                    "careful: tablespace \(oid) was made at \(location) after \(first), which got the place asked for"
            }
        }
        try cluster.makeDirectory("pg_tblspc")
        try cluster.link("pg_tblspc/\(oid)", to: place)
        return folder
    }

    private func open(
        _ oid: UInt32,
        _ place: FilePath,
        madeAt location: String
    ) throws(Fault) -> ClusterFolder {
        if place == mapping[location] {
            return try ClusterFolder(taking: place, for: cluster.account)
        }
        if let common { return try common.child(String(oid)) }
        let parent = try ClusterFolder(taking: beside, for: cluster.account, isDerived: true)
        common = parent
        return try parent.child(String(oid))
    }

    /// Makes what replay would make for tablespaces that the log brings.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func add(
        _ records: [TablespaceRecord],
        _ control: ControlFile,
        major: Int,
        _ begun: BegunPlaces,
        in delta: DeltaPlace?
    ) throws(Fault) {
        for record in records where folders[record.oid] == nil {
            let own = "PG_\(major)_\(control.catalogVersion)"
            let folder = try take(record.oid, madeAt: record.location, begun, in: delta)
            if delta != nil { try folder.remove(own) }
            try folder.makeDirectory(own)
            added.insert(record.oid)
        }
        if delta != nil { try removeOthers() }
    }

    /// Removes what the data directory had among its tablespaces and will not have again; where links led to stays as it was.
    private func removeOthers() throws(Fault) {
        guard try cluster.contains("pg_tblspc") else { return }
        for name in try cluster.names(in: "pg_tblspc")
        where UInt32(name.description).map({ folders[$0] == nil }) ?? true {
            try cluster.remove("pg_tblspc/\(name)")
        }
    }

    /// Gives all of them to the account of the server.
    func handOver() throws(Fault) {
        for folder in folders.values { try folder.handOver() }
        try common?.handOver()
    }

    /// Empties those that the server has dropped, and those that were added for records which it did not replay: their numbers
    /// will be given out again.
    ///
    /// - Returns: the places of those that remain, by number.
    func settle(
        _ records: [TablespaceRecord],
        replayed: LSN
    ) throws(Fault) -> [UInt32: FilePath] {
        var remaining: [UInt32: FilePath] = [:]
        for (oid, folder) in folders {
            let isMade = records.contains { $0.oid == oid && $0.position <= replayed }
            if added.contains(oid), !isMade { try cluster.remove("pg_tblspc/\(oid)") }
            if try cluster.contains("pg_tblspc/\(oid)") {
                remaining[oid] = folder.path
            } else {
                try folder.removeAll()
                if folder.path == beside.appending(String(oid)) { try common?.remove(String(oid)) }
            }
        }
        return remaining
    }
}
