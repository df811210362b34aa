import FoundationEssentials
public import Model

/// What a heartbeat writes into the log: compact JSON text.
///
/// ```text
///   {"at":"2026-11-23T14:05:31.204000Z","database":"app","tables":[["public.calls",1200,3]],"v":1}
/// ```
/// A table's numbers are rows inserted and rows deleted since its statistics were reset
/// (`pg_stat_user_tables`, which trails the truth by about a second).
public struct HeartbeatPayload: Sendable, Hashable {
    /// The counters of one table.
    public struct Table: Sendable, Hashable {
        /// Schema and name with a dot between.
        public let name: String
        /// Rows inserted.
        public let inserted: Int64
        /// Rows deleted.
        public let deleted: Int64

        /// Wraps the counters.
        public init(name: String, inserted: Int64, deleted: Int64) {
            self.name = name
            self.inserted = inserted
            self.deleted = deleted
        }
    }

    /// The server's clock when the counters were read.
    public let at: Instant
    /// The database that the counters are of.
    public let database: String
    /// The busiest tables, at most ``Heartbeat/tableLimit``.
    public let tables: [Table]

    /// Wraps the values.
    public init(at: Instant, database: String, tables: [Table]) {
        self.at = at
        self.database = database
        self.tables = tables
    }

    /// The text.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let form = Form(
            v: 1,
            at: at.rfc3339(digits: 6),
            database: database,
            tables: tables.map {
                Form.Row(name: $0.name, inserted: $0.inserted, deleted: $0.deleted)
            }
        )
        // Strings and integers always encode.
        guard let data = try? encoder.encode(form) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads the text; nil when it is not of the form above.
    public init?(json: String) {
        guard let form = try? JSONDecoder().decode(Form.self, from: Data(json.utf8)), form.v == 1,
            let at = Instant(rfc3339: form.at)
        else { return nil }
        self.init(
            at: at,
            database: form.database,
            tables: form.tables.map {
                Table(name: $0.name, inserted: $0.inserted, deleted: $0.deleted)
            }
        )
    }
}

extension HeartbeatPayload {
    private struct Form: Codable {
        struct Row: Codable {
            let name: String
            let inserted: Int64
            let deleted: Int64

            init(name: String, inserted: Int64, deleted: Int64) {
                self.name = name
                self.inserted = inserted
                self.deleted = deleted
            }

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                name = try list.decode(String.self)
                inserted = try list.decode(Int64.self)
                deleted = try list.decode(Int64.self)
            }

            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(name)
                try list.encode(inserted)
                try list.encode(deleted)
            }
        }

        let v: Int
        let at: String
        let database: String
        let tables: [Row]
    }
}
