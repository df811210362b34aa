internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage

/// Places that were vacant and are being filled by a restore.
final class BegunPlaces {
    private var folders: [ClusterFolder] = []

    /// Takes a place, which `open` opens.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func take(
        _ place: FilePath,
        _ open: () throws(Fault) -> ClusterFolder
    ) throws(Fault) -> ClusterFolder {
        try RestoreDestination.requireVacant(place)
        let folder = try open()
        guard try folder.names(in: "").isEmpty else {
            throw RestoreDestination.refusal(of: place, "the folder is not empty")
        }
        folders.append(folder)
        return folder
    }

    /// Empties all of them again.
    ///
    /// - Throws: `E-IO-…`; then something stays.
    func takeBack() throws(Fault) {
        for folder in folders {
            try folder.removeAll()
            try folder.handOver()
        }
    }
}
