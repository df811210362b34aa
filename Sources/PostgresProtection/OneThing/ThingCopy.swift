internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage

/// Takes one thing out of a running scratch cluster to where it belongs.
struct ThingCopy {
    let thing: PostgresThing
    let live: LiveServer
    let session: ScratchSession

    /// Does it.
    ///
    /// - Returns: what was done, in words, each a line.
    /// - Throws: `E-TABLE-NONE`, `E-DATABASE-NONE`, `E-RESTORE-PLACE`, and what reading and writing throw.
    func run() async throws(Fault) -> [String] {
        switch try ThingFinder(session: session).find(thing) {
        case .table(let table): return try await copy(table)
        case .database(let name): return try await copy(name)
        }
    }

    private func copy(_ table: FoundTable) async throws(Fault) -> [String] {
        let whole = ThingScript.table(
            table,
            where: thing.condition,
            isDataOnly: thing.isDataOnly,
            session
        )
        let count: Int?
        switch thing.place {
        case .output: count = try await write(whole)
        case .file(let path): count = try await write(whole, toNew: path)
        case .database(let database):
            try live.requireFree(table.name, in: database)
            count = try await live.run(whole, in: database, session.programs)
        case .table(let wanted):
            let name = TableName(schema: wanted.schema ?? table.name.schema, table: wanted.table)
            try live.requireFree(name, in: table.database)
            let script =
                name == table.name
                ? whole : .copy(of: table, as: name, where: thing.condition, session)
            count = try await live.run(script, in: table.database, session.programs)
        }
        let rows = count.map { $0 == 1 ? ", 1 row" : ", \($0) rows" } ?? ""
        return ["table \(table.name) of database \(table.database)\(rows), to \(thing.place)"]
    }

    private func copy(_ database: String) async throws(Fault) -> [String] {
        let whole = ThingScript.database(database, isDataOnly: thing.isDataOnly, session)
        switch thing.place {
        case .output: _ = try await write(whole)
        case .file(let path): _ = try await write(whole, toNew: path)
        case .database(let name):
            try live.requireFree(name)
            // Here nobody minds what it is called, and pg_dump writes what makes a database of that name.
            let temporary = "lifeboat_partial_" + Hexadecimal.encode(RandomBytes.make(8))
            let connection = try session.connect(to: "template1")
            defer { connection.close() }
            _ = try connection.query(
                "ALTER DATABASE \(SQLText.identifier(database)) RENAME TO \(SQLText.identifier(temporary))"
            )
            let script = ThingScript.database(temporary, creating: true, session)
            try await live.make(name, as: temporary, script, session.programs)
        case .table: preconditionFailure("a database does not become a table")
        }
        return ["database \(database), to \(thing.place)"]
    }

    private func write(_ script: ThingScript) async throws(Fault) -> Int? {
        let number: FileDescriptor
        do { number = try FileDescriptor.standardOutput.duplicate() } catch {
            throw .unable("open", "standard output", error as? Errno ?? .badFileDescriptor)
        }
        let output = Descriptor(owning: number.rawValue, path: "standard output")
        let count = try await script.write(to: output)
        try output.close()
        return count
    }

    /// Writes a file that has its name only when all of it is on the disk.
    private func write(
        _ script: ThingScript,
        toNew path: FilePath
    ) async throws(Fault) -> Int? {
        guard let name = path.lastName else {
            throw .unable("write file", path, .invalidArgument)
        }
        let folder = try Directory.open(path.parent)
        let temporary = FileName.temporary()
        do throws(Fault) {
            let file = try folder.openFile(temporary, .write, create: .exclusive(0o600))
            let count = try await script.write(to: file)
            try file.synchronize()
            try file.close()
            try folder.renameExclusively(temporary, to: name)
            try folder.synchronize()
            return count
        } catch {
            // The first fault is the one to tell.
            try? folder.removeFile(temporary)
            throw error
        }
    }
}
