import PostgresProtection
import Testing

/// How people write the name of a table.
struct TableNameTests {
    @Test(arguments: [
        ("public.orders", "public", "orders"), ("orders", nil, "orders"),
        ("Sales.Orders", "sales", "orders"), ("\"Sales\".\"Or.ders\"", "Sales", "Or.ders"),
        ("\"a\"\"b\".c d", "a\"b", "c d"), ("звонки.Лист", "звонки", "Лист"),
    ])
    func `a name is read as SQL reads it`(text: String, schema: String?, table: String) throws {
        let name = try #require(TableName(text))
        #expect(name.schema == schema)
        #expect(name.table == table)
        #expect(TableName(name.description) == name)
    }

    @Test(arguments: [
        "", ".", "a.", ".b", "a.b.c", "\"a", "\"\".b", "a\"b\"", "\"a\"b", "a\0b",
        String(repeating: "я", count: 32),
    ])
    func `what is no name is none`(text: String) {
        #expect(TableName(text) == nil)
    }
}
