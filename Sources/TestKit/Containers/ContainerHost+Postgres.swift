public import Foundation
public import Model

extension ContainerHost {
    /// The image with a PostgreSQL server of its own.
    public static let postgresImage = "localhost/lifeboat-postgres:1"

    /// Makes an image from the server programs of this host, their libraries and what they share.
    ///
    /// - Parameter binaries: the folder of Debian's programs of one version.
    /// - Throws: `E-TEST-PROGRAM`.
    public func makePostgresImage(binaries: URL) throws(Fault) {
        let place = binaries.deletingLastPathComponent().path
        let version = binaries.deletingLastPathComponent().lastPathComponent
        try makeImage(
            Self.postgresImage,
            paths: [binaries.path, "/bin"],
            """
            mkdir -p image\(place)/bin image\(place)/lib
            for name in postgres pg_dump pg_dumpall psql; do
                cp \(place)/bin/$name image\(place)/bin/
            done
            cp \(place)/lib/plpgsql.so \(place)/lib/dict_snowball.so image\(place)/lib/
            cp -r --parents /usr/share/postgresql/\(version) /usr/share/zoneinfo/Etc image/
            cp -r --parents /usr/lib/locale/C.utf8 image/
            cp --parents /usr/share/zoneinfo/UTC image/
            ldd \(place)/bin/postgres \(place)/bin/pg_dump \(place)/bin/psql | grep -o '/[^ :]*' | sort -u |
                while read -r library; do
                    folder="image$(dirname "$library" | sed 's,^/lib,/usr/lib,')"
                    mkdir -p "$folder"
                    cp -L "$library" "$folder/"
                done
            """
        )
    }
}
