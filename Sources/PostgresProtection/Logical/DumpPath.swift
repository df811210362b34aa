/// Where the dump of a database lies in a snapshot.
enum DumpPath {
    /// Roles and tablespaces.
    static let globals = "globals.sql"
    /// The folder of the databases.
    static let databases = "databases"

    /// The path of a database's dump; what cannot stand in a file's name is written as in a URL.
    static func of(_ database: String) -> String {
        var name = ""
        for (index, scalar) in database.unicodeScalars.enumerated() {
            let isFirstDot = index == 0 && scalar == "."
            if scalar.value < 32 || scalar.value == 127 || "/%".unicodeScalars.contains(scalar)
                || isFirstDot
            {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                name += "%" + (digits.count == 1 ? "0" : "") + digits
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return "\(databases)/\(name).sql"
    }
}
