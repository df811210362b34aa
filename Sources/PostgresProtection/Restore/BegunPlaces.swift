internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage

/// Places that were vacant and are being filled by a restore.
final class BegunPlaces {
    private var places: [FilePath] = []

    /// Takes a place.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`.
    func take(_ place: FilePath) throws(Fault) {
        try RestoreDestination.requireVacant(place)
        places.append(place)
    }

    /// Empties all of them again.
    ///
    /// - Throws: `E-IO-…`; then something stays.
    func takeBack() throws(Fault) {
        for place in places where try FileSystem.followedStatus(place) != nil {
            let folder = try Directory.open(place)
            for name in try folder.names() {
                let isFolder = try folder.status(of: name)?.isDirectory ?? false
                try folder.removeTree(name, isDirectory: isFolder)
            }
        }
    }
}
