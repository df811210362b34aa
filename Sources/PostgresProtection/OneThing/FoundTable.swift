/// A table of the recovered cluster, as its catalogue describes it.
struct FoundTable: Sendable {
    /// A column.
    struct Column: Sendable {
        /// Its name.
        let name: String
        /// Its type as SQL, in full.
        let type: String
        /// Its collation as SQL where it is not the type's own.
        let collation: String?
        /// Whether it must have a value.
        let isRequired: Bool
        /// Whether the server computes it.
        let isGenerated: Bool
    }

    /// The database.
    let database: String
    /// Its number in that database.
    let oid: String
    /// Its name, with the schema.
    let name: TableName
    /// Whether its rows lie in partitions.
    let isPartitioned: Bool
    /// Itself and its partitions.
    let members: [TableName]
    /// Its columns, in their order.
    let columns: [Column]
}
