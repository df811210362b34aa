internal import Model
internal import Sealing
internal import SystemIO

extension Vault {
    /// The table for what a session stores, and its journal.
    ///
    /// Both begin with what a session of the stream that was killed has stored, as far as `stored` shows it and the host
    /// still seals to the same recipients: that need not be sent again.
    func additions(
        _ request: BackupRequest,
        keys: HostKeys,
        packs stored: StoredPacks
    ) throws(Fault) -> sending SessionAdditions {
        let place = request.tablePath("session")
        let enrolment = Hashing.sha256(Array((self.enrolment(of: keys.host)?.text ?? "").utf8))
        let packs = try SessionJournal.packs(place, vault: id, enrolment: enrolment).filter(
            stored.contains
        )
        let (new, left) = (request.tablePath("new"), request.tablePath("left"))
        if !packs.isEmpty, try FileSystem.status(new) != nil {
            try FileSystem.rename(new, to: left)
        }
        let table = try DedupTable(creating: new)
        if let rest = DedupTable(recovering: left) {
            let prefixes = Set(packs.map(\.id.prefix))
            try rest.forEach { id, location throws(Fault) in
                if prefixes.contains(location.pack) { try table.insert(id, location) }
            }
        }
        let journal = try SessionJournal(place, vault: id, enrolment: enrolment, packs: packs)
        try FileSystem.removeFile(left)
        return SessionAdditions(table: table, journal: journal)
    }
}
