/// Rows with aligned columns.
public struct Table: Sendable {
    /// The heading of a column and the side its cells lean to.
    public struct Column: Sendable {
        let title: String
        let leansRight: Bool

        /// A column of text.
        public init(_ title: String) {
            self.title = title
            leansRight = false
        }

        /// A column of numbers.
        public init(number title: String) {
            self.title = title
            leansRight = true
        }
    }

    private let columns: [Column]
    private var rows: [[Styled]] = []

    /// A table without rows.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; it has as many cells as the table has columns.
    public mutating func add(_ cells: [Styled]) {
        precondition(cells.count == columns.count, "a row has one cell for each column")
        rows.append(cells)
    }

    /// The lines of the table: headings, then rows; two spaces between columns, none at the end of a line.
    public func lines(color: Bool) -> [String] {
        let heading = columns.map { Styled($0.title.uppercased(), .bold) }
        let all = [heading] + rows
        let widths = columns.indices.map { column in
            all.map { DisplayWidth.of(Styled.visible($0[column].text)) }.max() ?? 0
        }
        return all.map { row in
            let cells = columns.indices.map { column in
                let cell = row[column]
                let width = widths[column] - DisplayWidth.of(Styled.visible(cell.text))
                let space = String(repeating: " ", count: width)
                let text = cell.rendered(color: color)
                if columns[column].leansRight { return space + text }
                let isLast = row[(column + 1)...].allSatisfy { $0.text.isEmpty }
                return isLast ? text : text + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
