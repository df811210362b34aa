public import Model

extension RedisConnection {
    /// Asks the server about itself; a section is such as `server`, `persistence`, `replication` or
    /// `keyspace`.
    ///
    /// - Throws: What ``command(_:)`` throws, `redisPermission` when the user lacks `+info`.
    public func info(_ section: String? = nil) async throws(Fault) -> [String: String] {
        let command = section.map { RedisCommand("INFO", $0) } ?? RedisCommand("INFO")
        guard let text = try await self.command(command).text else { throw unexpected("INFO") }
        return Self.fields(ofInfo: text)
    }

    /// Asks for settings by a glob pattern, such as `append*`.
    ///
    /// - Throws: What ``command(_:)`` throws, `redisPermission` when the user lacks `+config|get`.
    public func configuration(_ pattern: String) async throws(Fault) -> [String: String] {
        let reply = try await command(RedisCommand("CONFIG", "GET", pattern))
        guard case .array(let items) = reply, items.count.isMultiple(of: 2) else {
            throw unexpected("CONFIG GET")
        }
        var settings: [String: String] = [:]
        for index in stride(from: 0, to: items.count, by: 2) {
            guard let name = items[index].text, let value = items[index + 1].text else {
                throw unexpected("CONFIG GET")
            }
            settings[name] = value
        }
        return settings
    }

    /// How many keys the selected database holds.
    ///
    /// - Throws: What ``command(_:)`` throws, `redisPermission` when the user lacks `+dbsize`.
    public func keyCount() async throws(Fault) -> Int64 {
        guard case .integer(let count) = try await command(RedisCommand("DBSIZE")) else {
            throw unexpected("DBSIZE")
        }
        return count
    }

    /// The fields of an `INFO` text: `name:value` lines between `#` headings.
    package static func fields(ofInfo text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }

    private func unexpected(_ command: String) -> Fault {
        Fault(
            .redisProtocol,
            "unable to run \(command) on Redis at '\(address.endpoint)': "
                + "the reply has an unexpected form"
        )
    }
}
