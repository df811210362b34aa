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
        mapping[location] ?? beside.appending(String(oid))
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

    /// Takes the folder of a tablespace, and makes the server's link to it.
    func link(_ oid: UInt32, madeAt location: String) throws(Fault) {
        let place = place(of: oid, madeAt: location)
        if mapping[location] == nil, common == nil {
            common = try ClusterFolder(taking: beside, for: cluster.account)
        }
        unused.remove(location)
        folders[oid] = try ClusterFolder(taking: place, for: cluster.account)
        try cluster.makeDirectory("pg_tblspc")
        try cluster.link("pg_tblspc/\(oid)", to: place)
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
            let place = place(of: record.oid, madeAt: record.location)
            let own = "PG_\(major)_\(control.catalogVersion)"
            if let delta {
                try delta.requireOwn(place, of: record.oid)
                try cluster.remove("pg_tblspc/\(record.oid)")
            } else {
                try begun.take(place)
            }
            try link(record.oid, madeAt: record.location)
            if delta != nil { try folders[record.oid]?.remove(own) }
            try folders[record.oid]?.makeDirectory(own)
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
                for name in try folder.names(in: "") { try folder.remove(name.description) }
                if folder.path == beside.appending(String(oid)) { try common?.remove(String(oid)) }
            }
        }
        return remaining
    }
}
