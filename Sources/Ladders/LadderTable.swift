/// A table of offers: one header, then rows as they stand in the file.
public struct LadderTable: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// Where the row begins in the file, from 1: what an editor shows.
    public var line: Int
    public var cells: [String]
    public init(line: Int, cells: [String]) {
      self.line = line
      self.cells = cells
    }
  }
  public var header: [String]
  public var rows: [Row]

  public init(header: [String], rows: [Row]) {
    self.header = header
    self.rows = rows
  }
}

/// What is wrong in the table, by the line of the file and the column's name.
public struct LadderFinding: Error, Sendable, Equatable {
  public var line: Int
  /// "" for a whole row.
  public var column: String
  public var detail: String
  public init(line: Int, column: String, detail: String) {
    self.line = line
    self.column = column
    self.detail = detail
  }
}
