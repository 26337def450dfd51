import CSQLite
import Storage

/// SQLite as a state store, to compare with: one `WITHOUT ROWID` table, WAL, `synchronous=FULL`, a page cache of 64 MB.
final class SQLiteCandidate: Candidate {
  private var database: OpaquePointer?
  private var upsert: OpaquePointer?
  private var select: OpaquePointer?

  init(directory: String) {
    require(sqlite3_open(directory + "/states.sqlite", &database))
    run("PRAGMA journal_mode=WAL")
    run("PRAGMA synchronous=FULL")
    run("PRAGMA cache_size=-65536")
    run("PRAGMA wal_autocheckpoint=20000")
    run("CREATE TABLE IF NOT EXISTS state(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
    prepare("INSERT INTO state VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=?2", &upsert)
    prepare("SELECT value FROM state WHERE key=?1", &select)
    var check: OpaquePointer?
    prepare("PRAGMA synchronous", &check)
    precondition(sqlite3_step(check) == SQLITE_ROW && sqlite3_column_int(check, 0) == 2, "synchronous is not FULL")
    sqlite3_finalize(check)
  }

  func write(_ batch: StateBatch) {
    run("BEGIN IMMEDIATE")
    batch.forEach { key, value in
      sqlite3_bind_blob(upsert, 1, key.baseAddress, Int32(key.count), nil)
      sqlite3_bind_blob(upsert, 2, value?.baseAddress, Int32(value?.count ?? 0), nil)
      precondition(sqlite3_step(upsert) == SQLITE_DONE)
      sqlite3_reset(upsert)
    }
    run("COMMIT")
  }

  func sync() {}

  func read(_ keys: [[UInt8]]) -> Int {
    var bytes = 0
    for key in keys {
      key.withUnsafeBytes { key in
        sqlite3_bind_blob(select, 1, key.baseAddress, Int32(key.count), nil)
        if sqlite3_step(select) == SQLITE_ROW { bytes += Int(sqlite3_column_bytes(select, 0)) }
      }
      sqlite3_reset(select)
    }
    return bytes
  }

  func readSorted(_ keys: [[UInt8]]) -> Int { read(keys) }

  func scan() -> Int {
    var statement: OpaquePointer?
    prepare("SELECT key, value FROM state ORDER BY key", &statement)
    defer { sqlite3_finalize(statement) }
    var rows = 0
    while sqlite3_step(statement) == SQLITE_ROW { rows += sqlite3_column_bytes(statement, 1) > 0 ? 1 : 0 }
    return rows
  }

  func close() {
    sqlite3_finalize(upsert)
    sqlite3_finalize(select)
    require(sqlite3_close(database))
  }

  private func run(_ sql: String) { require(sqlite3_exec(database, sql, nil, nil, nil)) }
  private func prepare(_ sql: String, _ statement: inout OpaquePointer?) {
    require(sqlite3_prepare_v2(database, sql, -1, &statement, nil))
  }
  private func require(_ code: Int32) {
    precondition(code == SQLITE_OK, String(cString: sqlite3_errmsg(database)))
  }
}
