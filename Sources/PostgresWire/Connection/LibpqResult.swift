import CPostgres

/// Owns one `PGresult`.
@safe final class LibpqResult {
    /// What kind of answer it is; one row is a part of an answer that comes row by row, which `rows` without any ends.
    enum Status {
        case row, rows, command, copyOut, copyIn, copyBoth, pipelineSync, failure
    }

    private let result: OpaquePointer

    init(_ result: OpaquePointer) { unsafe self.result = unsafe result }

    deinit { unsafe PQclear(result) }

    var status: Status {
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK: .rows
        case PGRES_SINGLE_TUPLE: .row
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .command
        case PGRES_COPY_OUT: .copyOut
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_BOTH: .copyBoth
        case PGRES_PIPELINE_SYNC: .pipelineSync
        default: .failure
        }
    }

    var rowCount: Int { Int(unsafe PQntuples(result)) }

    var columnCount: Int { Int(unsafe PQnfields(result)) }

    /// The bytes of a value; nil for NULL and for what lies outside the result.
    func bytes(row: Int, column: Int) -> [UInt8]? {
        guard (0..<rowCount).contains(row), (0..<columnCount).contains(column),
            unsafe PQgetisnull(result, Int32(row), Int32(column)) == 0,
            let value = unsafe PQgetvalue(result, Int32(row), Int32(column))
        else { return nil }
        let count = Int(unsafe PQgetlength(result, Int32(row), Int32(column)))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: value, count: count))
    }

    /// A value as text; nil for NULL and for what lies outside the result.
    func text(row: Int, column: Int) -> String? {
        bytes(row: row, column: column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All values as text.
    var textRows: [[String?]] {
        (0..<rowCount).map { row in (0..<columnCount).map { text(row: row, column: $0) } }
    }

    /// All values byte for byte.
    var byteRows: [[[UInt8]?]] {
        (0..<rowCount).map { row in (0..<columnCount).map { bytes(row: row, column: $0) } }
    }

    /// About how much memory its values take, in bytes.
    var size: Int {
        (0..<rowCount).reduce(0) { sum, row in
            (0..<columnCount).reduce(sum + 32) { sum, column in
                sum + 16 + Int(unsafe PQgetlength(result, Int32(row), Int32(column)))
            }
        }
    }

    /// What the server says went wrong.
    var serverError: ServerError {
        ServerError(
            sqlState: field("C"),
            message: field("M"),
            detail: field("D"),
            hint: field("H")
        )
    }

    private func field(_ code: Unicode.Scalar) -> String {
        guard let text = unsafe PQresultErrorField(result, Int32(code.value)) else { return "" }
        return unsafe String(cString: text)
    }
}
