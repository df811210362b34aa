public import Model
internal import PostgresWire

/// How a standby reaches the server that it follows.
public struct PrimaryAddress: Sendable {
    /// libpq keywords; never a password.
    let values: [String: String]
    /// The password; it goes into a file of its own beside the standby's data.
    let password: String?
    /// The slot that keeps the primary's log for the standby.
    public let slot: String

    /// Reads a connection string or URI, such as `host=db1 user=replicator`.
    ///
    /// `user` and `password`: those of the component's configuration; they are taken where the string names no other user.
    ///
    /// - Throws: `E-VALUE` when the string is malformed, or holds a password: everybody on a host sees command lines.
    public init(
        _ text: String,
        slot: String,
        user: String? = nil,
        password: String? = nil
    ) throws(Fault) {
        guard let found = ConnectionText.parse(text) else {
            // The string itself may hold a password.
            throw Fault(
                .invalidValue,
                "unable to read connection string '--primary': it is no URI and no keyword=value pairs"
            )
        }
        guard found["password"] == nil, found["sslpassword"] == nil else {
            throw Fault(
                .invalidValue,
                "unable to use connection string '--primary': it holds a password, which everybody on this host can see",
                hints: [
                    "Set `user:` and `password:` of the component, or name a file: passfile=/path/to/file"
                ]
            )
        }
        guard (1...63).contains(slot.utf8.count),
            slot.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else {
            throw Fault(
                .invalidValue,
                "unable to use slot '\(slot)': a name has 1 to 63 of a-z, 0-9 and _"
            )
        }
        var values = found
        values["replication"] = nil
        if values["user"] == nil { values["user"] = user }
        self.values = values
        self.password =
            values["passfile"] == nil && values["user"] == user ? password : nil
        self.slot = slot
    }

    /// Connects to the primary for physical replication.
    ///
    /// - Throws: `E-PG-…`.
    func connect() throws(Fault) -> PostgresConnection {
        var parameters = values
        parameters["password"] = password
        return try PostgresConnection.connect(
            parameters: parameters,
            replication: .physical,
            applicationName: slot
        )
    }

    /// `primary_conninfo` of the standby.
    ///
    /// `passfile`: where its password lies, when there is one.
    func conninfo(passfile: String) -> String {
        var all = values
        all["dbname"] = nil
        if all["application_name"] == nil { all["application_name"] = slot }
        if password != nil { all["passfile"] = passfile }
        return ConnectionText.text(all)
    }

    /// What the file with the password holds; nil when there is none.
    ///
    /// Source: `passwordFromFile` in `src/interfaces/libpq/fe-connect.c`.
    var passfile: String? {
        password.map { password in
            let escaped = password.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
            return "*:*:*:*:\(escaped)\n"
        }
    }
}
