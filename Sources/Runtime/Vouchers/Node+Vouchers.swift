import Engine
import RoostCore

extension Node {
  /// Takes codes into a pool, some at a time; what became of them, and how full the pool is then.
  ///
  /// - Throws: if there is no such pool, or it is full: then some of the codes are in it, and the rest is not.
  public func importVouchers(
    _ workspace: WorkspaceID, pool: String, _ list: VoucherList
  ) async throws(Problem) -> JSONValue {
    var total = VoucherImport()
    var start = 0
    // The first part may be empty: whether there is such a pool is said all the same.
    repeat {
      let end = min(start + Partition.codesPerCommit, list.codes.count)
      let some = Array(list.codes[start..<end])
      let run = try await perform { partition throws(Problem) in
        try partition.takeVouchers(workspace, pool: pool, some)
      }
      total.added += run.added
      total.duplicates += run.duplicates
      total.isFull = run.isFull
      start = end
    } while start < list.codes.count && !total.isFull
    let added = total.added
    let standing = try await perform { partition throws(Problem) in
      partition.noteVouchers(workspace, pool: pool, added: added)
      return try partition.describeStanding(workspace, pool: pool)
    }
    guard !total.isFull else {
      throw Problem(
        .invalid,
        "a pool has at most \(VoucherPool.codesMax) codes: \(added) were taken, the others not; put another pool for them"
      )
    }
    let lines = list.bad.map { line -> JSONValue in
      ["line": .int(Int64(line.line)), "reason": .string(line.reason)]
    }
    return .object(
      [
        .init("added", .int(Int64(total.added))), .init("duplicates", .int(Int64(total.duplicates))),
        .init("bad", .int(Int64(list.badCount))), .init("badLines", .array(lines)),
      ] + standing)
  }
}
